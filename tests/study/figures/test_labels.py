from __future__ import annotations

from dataclasses import replace

import numpy as np

from unfunnel.study.figures.labels import LONGEST, clean, describe, label, named, renamed, title


def test_names_beside_pictures_are_the_user_s_own(results):
    assert named(results("table of 5").regime, 2).startswith("東京 (n = ")
    assert named(results("eight_schools").regime, 0) == "school A (s.e. 15)"


def test_names_in_pictures_are_short_and_in_the_font(results):
    regime = results("table of 5").regime
    assert label(regime, 1) == "a$b$c"
    assert label(regime, 2) == "group 3"
    assert len(label(regime, 3)) == LONGEST
    assert label(regime, 3).endswith("gogoch")
    assert "replaced by the group's number" in renamed(regime)
    assert renamed(results("weak").regime) == ""


def test_names_that_shortening_makes_alike_are_numbered(results):
    regime = results("weak").regime
    alike = replace(regime, labels=tuple(f"County number {k} of the long list" for k in range(9)))
    names = [label(alike, k) for k in range(9)]
    assert len(set(names)) == 9
    assert names[8] == "County number… #9"
    assert max(map(len, names)) <= LONGEST


def test_titles(results):
    assert title(results("eight_schools").regime, 0) == "school A (s.e. 15)"
    assert title(results("weak").regime, 8) == "individual 8 (n = 1)"
    assert "\n(n = " in title(results("table of 5").regime, 3)
    assert describe(results("unbalanced").regime, 2) == "n = 1000"


def test_clean():
    assert clean(" a\n b ", "x") == "a b"
    assert clean("", "x") == "x"
    assert clean("東", "x") == "x"
    assert len(clean("y" * 100, "x", 12)) == 12


def test_hundreds_of_names_stay_different(results):
    regime = results("table of 300").regime
    assert len({label(regime, k) for k in np.arange(300)}) == 300
