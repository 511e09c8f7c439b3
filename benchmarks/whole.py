"""A whole call, as a person waits for it: `python -m benchmarks.whole [--repeats 3]`.

Eight schools in fresh processes, `pymc.sample` with nutpie and `unfunnel.sample` in turn: processor seconds of the
import of unfunnel (with PyMC imported before), of the first call of a process (compilation included, numba's and
PyTensor's caches on disk warm), and of a second call on the model built anew. Exits with 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from statistics import median
from typing import Any

MOST_TIMES, MOST_SECOND, MOST_IMPORT = 1.3, 1.0, 0.3
PLAIN, OURS = "pymc.sample with nutpie", "unfunnel.sample"

_PROGRAM = """
import json, logging, sys, time
import numpy as np
import nutpie
import pymc as pm

def schools():
    y = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
    se = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
    with pm.Model(coords={"school": list("ABCDEFGH")}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfCauchy("tau", 5), dims="school")
        pm.Normal("y", theta, se, observed=y, dims="school")
    return model

def plain():
    pm.sample(model=schools(), nuts_sampler="nutpie", cores=1, random_seed=1, progressbar=False)

def ours():
    uf.sample(schools(), cores=1, random_seed=1, progressbar=False)

def seconds(call):
    began = time.process_time()
    call()
    return time.process_time() - began

began = time.process_time()
import unfunnel as uf
found = {"import": time.process_time() - began}
logging.disable(logging.CRITICAL)
call = ours if sys.argv[1] == "ours" else plain
found["first"], found["second"] = seconds(call), seconds(call)
print(json.dumps(found))
"""


def measured(which: str) -> dict[str, float]:
    """Seconds in a fresh process."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM, which], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def medians(rows: list[dict[str, float]]) -> dict[str, float]:
    """Of every part."""
    return {part: median(row[part] for row in rows) for part in rows[0]}


def main() -> int:
    """Measure in turn, print, and say whether a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    for which in ("plain", "ours"):
        measured(which)  # fills the caches on disk
    rows: dict[str, list[Any]] = {"plain": [], "ours": []}
    for _ in range(options.repeats):
        for which, found in rows.items():
            found.append(measured(which))
    plain, ours = medians(rows["plain"]), medians(rows["ours"])
    for label, found in ((PLAIN, plain), (OURS, ours)):
        print(f"{label:24s} first call {found['first']:5.1f} s, second call {found['second']:5.2f} s")
    times = ours["first"] / plain["first"]
    print(f"import unfunnel {ours['import']:.3f} s; the first call takes {times:.2f} times the plain one")
    missed = [
        text
        for bad, text in (
            (ours["import"] > MOST_IMPORT, f"the import took more than {MOST_IMPORT:g} s"),
            (times > MOST_TIMES, f"the first call took more than {MOST_TIMES:g} times the plain one"),
            (ours["second"] > MOST_SECOND, f"the second call took more than {MOST_SECOND:g} s"),
        )
        if bad
    ]
    print("\n".join(f"Missed: {text}." for text in missed) or "No bar missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
