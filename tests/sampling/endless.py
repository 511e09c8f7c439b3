"""A process that samples until it is stopped: `python endless.py [store]`. It says when its draws have begun."""

from __future__ import annotations

import logging
import sys
from typing import Any

import numpy as np
import pymc as pm

import unfunnel as uf

DRAWS = 300_000


def build() -> Any:
    with pm.Model(coords={"group": ["a", "b", "c"]}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="group")
        pm.Deterministic("double", 2 * theta, dims="group")
        pm.Normal("y", theta, 1.0, observed=pm.Data("values", [1.0, 2.0, 4.0], dims="group"), dims="group")
    return model


def main() -> None:
    logging.basicConfig(stream=sys.stdout)
    store = sys.argv[1] if len(sys.argv) > 1 else None

    def progress(chains: Any) -> None:
        if min(chain.finished_draws for chain in chains) > 500:
            print("begun", flush=True)

    tree = uf.compile(build()).sample(DRAWS, chains=2, cores=2, random_seed=1, store=store, progress=progress)
    posterior = tree["posterior"]
    finite = bool(np.isfinite(posterior["theta"].values).all())
    print("result", posterior.sizes["chain"], posterior.sizes["draw"], posterior.attrs["complete"], finite, flush=True)


if __name__ == "__main__":
    main()
