from __future__ import annotations

import json

import pytest
from tests.html_reader import Reader

from unfunnel.study.figures import draw_figures
from unfunnel.study.page import as_text, png_size, render, summary
from unfunnel.study.section import make_section
from unfunnel.study.stamp import make_stamp


@pytest.fixture(scope="module")
def sections(results):
    return [make_section(r, draw_figures(r)) for r in (results("small"), results("table of 4"))]


@pytest.fixture(scope="module")
def stamp():
    return make_stamp(seed=7, draws=500, chains=4)


@pytest.fixture(scope="module")
def page(sections, stamp):
    return render(sections, stamp)


@pytest.fixture(scope="module")
def reader(page):
    return Reader(page)


def test_tags_are_balanced_and_ids_unique(reader):
    assert reader.open == []
    ids = [a["id"] for _, a in reader.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_nothing_is_fetched_and_every_link_has_its_target(reader, page):
    ids = {a.get("id") for _, a in reader.elements}
    for _, attributes in reader.elements:
        if "src" in attributes:
            assert attributes["src"].startswith("data:image/png;base64,")
        if "href" in attributes:
            assert attributes["href"] == "data:," or attributes["href"].removeprefix("#") in ids
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_every_picture_says_what_is_in_it(reader, sections):
    pictures = reader.all("img")
    assert len(pictures) == sum(len(e.pictures) for s in sections for e in s.exhibits)
    assert all(len(p["alt"]) > 30 and int(p["width"]) > 300 and int(p["height"]) > 100 for p in pictures)


def test_what_users_write_is_escaped(page, reader):
    assert "<script>alert" not in page
    assert [a.get("type") for a in reader.all("script")] == ["application/json"]
    assert not reader.all("b")
    assert not reader.all("i")
    assert "Your table: a <b>bold</b> one" in "".join(reader.text)


def test_the_verdict_comes_first(reader):
    text = " ".join("".join(reader.text).split())
    assert text.index("The informed fit is") < text.index("What this is about")
    assert "Right where each group is sparsely observed" in text
    assert "Right where each group is richly observed" in text


def test_the_summary_is_in_the_page(page, sections, stamp):
    start = page.index('id="summary">') + len('id="summary">')
    assert json.loads(page[start : page.index("</script>", start)]) == summary(sections, stamp)


def test_summary_text(sections, stamp):
    read = json.loads(as_text(summary(sections, stamp)))
    assert list(read) == ["stamp", "regimes"]
    assert list(read["regimes"]) == ["small", "table"]
    assert list(read["regimes"]["small"]) == ["centered", "noncentered", "mixed", "informed"]
    assert read["stamp"]["seed"] == 7


def test_an_interruption_is_said(sections, stamp):
    assert "Not finished: strong, small." in render(sections[:1], stamp, ["strong", "small"])


def test_stamp_has_versions_machine_date_seeds_and_no_host(stamp):
    import platform

    assert {"date", "seed", "draws", "python", "pymc", "nutpie", "unfunnel", "system", "machine", "cores"} <= set(stamp)
    assert platform.node() not in map(str, stamp.values())


def test_size_of_a_picture(sections):
    picture = sections[0].exhibits[0].pictures[0]
    assert picture.png.startswith(b"\x89PNG")
    assert png_size(picture)[0] == 912
