"""What ran, when, and in which versions."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from unfunnel.diagnosis import Diagnosis

_FIT = {
    "parameterization": "parameterization",
    "gradients_pilot": "gradients, pilot",
    "gradients_tune": "gradients, warm-up",
    "gradients_draw": "gradients, draws",
    "random_seed": "seed",
    "unfunnel_version": "unfunnel, as sampled",
    "pymc_version": "pymc, as sampled",
    "nutpie_version": "nutpie, as sampled",
}
_RUN = {
    "inference_library": "sampler",
    "inference_library_version": "version of the sampler",
    "tuning_steps": "warm-up draws a chain",
    "sampling_time": "seconds of sampling",
    "random_seed": "seed",
}


def stamp_of(dt: Any, diagnosis: Diagnosis) -> dict[str, str]:
    """Lines of the stamp: the page's date, and what the fit says of itself.

    The name of the machine is left out on purpose: the page is made to be passed on.
    """
    run = _attrs(dt, "posterior")
    found = {"chains": str(diagnosis.chains), "draws a chain": str(diagnosis.draws)}
    found |= {words: _plain(run[name]) for name, words in _RUN.items() if name in run}
    found |= {
        words: _plain(value) for name, words in _FIT.items() if (value := _attrs(dt, "parameterization").get(name))
    }
    found |= _settings(run)
    found.setdefault("seed", "not stored with the fit")
    return {
        "page written": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        **found,
        "unfunnel": version("unfunnel"),
        "arviz": version("arviz"),
        "python": platform.python_version(),
    }


def _settings(run: Any) -> dict[str, str]:
    try:
        settings = json.loads(run.get("inference_library_settings", "{}"))
    except (TypeError, ValueError):
        # Another library may write its settings in another way.
        return {}
    wanted = {"target_accept": "target_accept", "maxdepth": "greatest tree depth", "seed": "seed"}
    known = settings if isinstance(settings, dict) else {}
    return {words: _plain(known[name]) for name, words in wanted.items() if name in known}


def _attrs(dt: Any, group: str) -> Any:
    return dt[group].attrs if group in dt.children else {}


def _plain(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
