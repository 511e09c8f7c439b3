from __future__ import annotations

import json
import os
import stat
from dataclasses import replace

import pytest
from tests.html_reader import Reader
from tests.plots.trees import tree
from tests.reporting.conftest import TITLE

import unfunnel as uf
from unfunnel.diagnosis import Verdict
from unfunnel.reporting.stamp import stamp_of
from unfunnel.reporting.verdict import headline


@pytest.fixture(scope="module")
def text(page):
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reader(text):
    return Reader(text)


def test_tags_are_balanced_and_ids_unique(reader):
    assert reader.open == []
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_nothing_is_fetched_and_every_link_has_its_target(reader, text):
    ids = {attributes.get("id") for _, attributes in reader.elements}
    for _, attributes in reader.elements:
        if "src" in attributes:
            assert attributes["src"].startswith("data:image/png;base64,")
        if "href" in attributes:
            assert attributes["href"] == "data:," or attributes["href"].removeprefix("#") in ids
    assert text.count("<style>") == 1
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_the_verdict_is_the_first_thing_said(reader, diagnosis):
    words = " ".join("".join(reader.text).split())
    assert not diagnosis.ok
    assert words.index("Do not rely on this fit yet: ") < words.index("What the diagnosis found")
    for finding in diagnosis.worst(1):
        assert " ".join(finding.sentence.split()) in words
        assert finding.cure in "".join(reader.text)


def test_coordinates_that_only_cost_gradients_make_no_fit_unreliable(diagnosis):
    misfit = replace(diagnosis.findings[0], verdict=Verdict.FUNNEL)
    slow = replace(diagnosis, findings=(misfit,), problems=())
    assert headline(slow).startswith("This fit passes the usual checks, but was slow")
    assert headline(replace(slow, problems=("R-hat",))).startswith("Do not rely on this fit yet: ")


def test_every_sort_of_picture_is_there(reader):
    titles = {attributes.get("id") for attributes in reader.all("h2")}
    assert {"diagnosis", "funnels", "centering", "scales", "effort", "predictive", "posterior", "stamp"} <= titles
    assert all(len(picture["alt"]) > 30 for picture in reader.all("img"))


def test_what_users_write_is_escaped(text, reader):
    assert "<script>alert" not in text
    assert [attributes.get("type") for attributes in reader.all("script")] == ["application/json"]
    assert not reader.all("b")
    assert not reader.all("i")
    assert TITLE in "".join(reader.text)
    assert "1|g" in "".join(reader.text)


def test_the_data_is_in_the_page(text, diagnosis):
    start = text.index('id="data">') + len('id="data">')
    data = json.loads(text[start : text.index("</script>", start)])
    assert uf.Diagnosis.from_json(json.dumps(data["diagnosis"])) == diagnosis
    assert data["plan"] is None
    assert data["stamp"]["chains"] == "4"


def test_a_sound_fit_is_called_so(tmp_path):
    fit = tree(4, divergent=0)
    diagnosis = uf.Diagnosis(findings=(), chains=4, draws=500, divergences=0)
    text = uf.report(fit, tmp_path / "r.html", diagnosis=diagnosis).read_text(encoding="utf-8")
    assert "This fit is sound" in text
    assert 'class="verdict"' in text


def test_size(page):
    assert page.stat().st_size < 3_000_000


def test_the_machine_is_not_named(bambi_fit, diagnosis):
    import platform

    stamp = stamp_of(bambi_fit, diagnosis)
    assert platform.node() not in stamp.values()
    assert {"page written", "chains", "draws a chain", "seed", "unfunnel", "arviz", "python"} <= set(stamp)


def test_a_file_is_not_written_over_unless_told(bambi_fit, diagnosis, tmp_path):
    file = tmp_path / "r.html"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(uf.OutputError, match="is there already; say overwrite=True"):
        uf.report(bambi_fit, file, diagnosis=diagnosis)
    assert file.read_text(encoding="utf-8") == "mine"
    uf.report(bambi_fit, file, diagnosis=diagnosis, overwrite=True)
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_nothing_half_written_stays(bambi_fit, diagnosis, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(uf.OutputError, match="no space left on device"):
        uf.report(bambi_fit, tmp_path / "r.html", diagnosis=diagnosis)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"path": ""}, "path must be the name of a file"),
        ({"path": 3}, "path must be the name of a file"),
        ({"path": "."}, "is a folder"),
        ({"path": "nowhere/r.html"}, "is not there; make it first"),
        ({"title": 3}, "title must be text"),
        ({"diagnosis": "bad"}, r"must be what unfunnel\.diagnose returned"),
    ],
)
def test_bad_input_is_refused(bambi_fit, diagnosis, tmp_path, monkeypatch, given, message):
    monkeypatch.chdir(tmp_path)
    arguments = {"path": "r.html", "diagnosis": diagnosis, **given}
    with pytest.raises(uf.UnfunnelError, match=message):
        uf.report(bambi_fit, **arguments)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_fit_is_refused(tmp_path):
    with pytest.raises(uf.InvalidArgumentError):
        uf.report({"theta": 1}, tmp_path / "r.html")


def test_others_may_read_the_file(page):
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(page.stat().st_mode) == 0o666 & ~mask


def test_the_caller_s_style_is_left_alone(bambi_fit, diagnosis, tmp_path):
    from matplotlib import pyplot, rcParams

    open_before = pyplot.get_fignums()
    with pyplot.style.context("dark_background"):
        before = dict(rcParams)
        uf.report(bambi_fit, tmp_path / "r.html", diagnosis=diagnosis)
        assert dict(rcParams) == before
    assert pyplot.get_fignums() == open_before


def test_names_in_letters_that_the_font_lacks(tmp_path):
    fit = tree(3, names=["東京", "b", "c"])
    text = uf.report(fit, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "東京" in text
    assert "Names in letters that the font of the pictures lacks" in text
