"""The page as a person sees it: in a real browser, without a network."""

from __future__ import annotations

import json

import pytest

PHONE = 375
PAPER = 718
"""Width of an A4 page within 10 mm margins, at 96 pixels an inch."""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, 1200])
def test_nothing_is_asked_for_and_nothing_goes_wrong(browser, page, width, dark):
    browser.open(page, width, dark)
    browser.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert browser.requests == [page.as_uri()]
    assert browser.complaints == []


def test_every_picture_is_loaded_and_described(browser, page):
    browser.open(page)
    pictures = json.loads(
        browser.ask("JSON.stringify([...document.images].map(i => [i.complete, i.naturalWidth, i.alt.length]))")
    )
    assert len(pictures) >= 5
    assert all(loaded and width > 300 and alt > 30 for loaded, width, alt in pictures)


def test_at_phone_width_only_boxes_scroll_sideways(browser, page):
    browser.open(page, PHONE)
    assert browser.ask("document.documentElement.scrollWidth") <= PHONE
    wider = """JSON.stringify([...document.querySelectorAll('body *')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1
            && !e.closest('.scroll, .picture, .cure'))
        .map(e => e.outerHTML.slice(0, 80)))"""
    assert json.loads(browser.ask(wider)) == []
    assert browser.ask("parseFloat(getComputedStyle(document.querySelector('p')).fontSize)") >= 14


def test_what_scrolls_and_what_leads_somewhere_is_reached_by_keyboard(browser, page):
    browser.open(page, PHONE)
    wanted = browser.ask("document.querySelectorAll('a[href], .scroll, .picture, .cure').length")
    reached = set()
    for _ in range(wanted + 5):
        browser.press_tab()
        reached.add(
            browser.ask(
                "[...document.querySelectorAll('a[href], .scroll, .picture, .cure')].indexOf(document.activeElement)"
            )
        )
    assert reached - {-1} == set(range(wanted))


def test_dark_paper_has_light_ink(browser, page):
    def brightness(what):
        colours = browser.ask(f"getComputedStyle(document.body).{what}.match(/[0-9.]+/g).slice(0, 3).join(' ')")
        return sum(map(float, colours.split())) / 3

    browser.open(page, dark=False)
    assert brightness("backgroundColor") > 200 > 100 > brightness("color")
    browser.open(page, dark=True)
    assert brightness("backgroundColor") < 60 < 180 < brightness("color")
    browser.ask("0")
    cell = browser.ask("getComputedStyle(document.querySelector('td')).color.match(/[0-9.]+/g).slice(0, 3).join(' ')")
    assert sum(map(float, cell.split())) / 3 > 180


def test_user_text_is_shown_as_text(browser, page):
    browser.open(page)
    text = browser.ask("document.body.innerText")
    assert "<script>alert(1)</script>" in text
    assert "1|g[a$b$c_d^e]" in text
    assert "<b>Ohio</b>" in browser.ask("document.title")
    assert browser.ask("document.querySelectorAll('script:not([type=\"application/json\"])').length") == 0
    data = json.loads(browser.ask("document.getElementById('data').textContent"))
    labels = [label for finding in data["diagnosis"]["findings"] for _, label in finding["coords"]]
    assert "<script>alert(1)</script>" in labels


def test_nothing_is_cut_off_on_paper(browser, page):
    browser.open(page, PAPER)
    browser.call("Emulation.setEmulatedMedia", media="print")
    cut = """JSON.stringify([...document.querySelectorAll('body *')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1
            || ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))
        .map(e => e.outerHTML.slice(0, 80)))"""
    assert json.loads(browser.ask(cut)) == []
    browser.call("Emulation.setEmulatedMedia", media="")


def test_it_prints(browser, page):
    browser.open(page)
    import base64

    pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    assert pdf.startswith(b"%PDF")
    assert 3 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") <= 20
