"""Compilations side by side: `python -m benchmarks.compilation [MODEL ...] [--repeats 3]`.

Processor seconds of a compilation with all caches warm: of the model as people write it, by nutpie, and of ours, in
turns in one process, because what else a machine does changes them. Medians; exits with 1 if one of ours takes longer
than 1.3 of the plain model's and a second.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.models import CASES
from benchmarks.models.bars import COMPILATION_FACTOR, COMPILATION_PLUS
from benchmarks.models.case import Case
from benchmarks.plain import processor_seconds


def compilers(case: Case) -> dict[str, Callable[[], Any]]:
    """By name, what compiles a model that nobody has seen before."""
    import nutpie

    import unfunnel as uf

    plain = {f"plain {way}": lambda way=way: nutpie.compile_pymc_model(case.model(way)) for way in case.ways[:2]}
    return plain | {f"ours {way}": lambda way=way: uf.compile(case.model(way)) for way in case.ours}


def seconds(case: Case, repeats: int) -> dict[str, float]:
    """The median of each; before, each is run once for its caches."""
    ways = compilers(case)
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats + 1):
        for name, compile_it in ways.items():
            began = processor_seconds()
            compile_it()
            spent[name].append(processor_seconds() - began)
    return {name: median(found[1:]) for name, found in spent.items()}


def main() -> int:
    """Measure, print, and say whether a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compilation", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="MODEL", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(CASES)):
        parser.error(f"no model named {', '.join(unknown)}; there are {', '.join(CASES)}")
    missed = 0
    for name in options.names or CASES:
        found = seconds(CASES[name], options.repeats)
        allowed = COMPILATION_PLUS + COMPILATION_FACTOR * max(s for way, s in found.items() if way.startswith("plain"))
        ours = max(s for way, s in found.items() if way.startswith("ours"))
        missed += ours > allowed
        times = ", ".join(f"{way} {spent:.2f} s" for way, spent in found.items())
        print(f"{name:18s} {times}; {'MISSED' if ours > allowed else 'passed'} {allowed:.2f} s", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
