"""Intercepts and slopes with independent priors and unknown noise: thirty rats (BUGS), and 300 unbalanced groups."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.models.case import Case, Data, group_of, normal_effect, zipf_groups

DAYS = (8, 15, 22, 29, 36)
WEIGHTS = """
151 199 246 283 320  145 199 249 293 354  147 214 263 312 328  155 200 237 272 297  135 188 230 280 323
159 210 252 298 331  141 189 231 275 305  159 201 248 297 338  177 236 285 350 376  134 182 220 260 296
160 208 261 313 352  143 188 220 273 314  154 200 244 289 325  171 221 270 326 358  163 216 242 281 312
160 207 248 288 324  142 187 234 280 316  156 203 243 283 317  157 212 259 307 336  152 203 246 286 321
154 205 253 298 334  139 190 225 267 302  146 191 229 272 302  157 211 250 285 323  132 185 237 286 331
160 207 257 303 345  169 216 261 295 333  157 205 248 289 316  137 180 219 258 291  153 200 244 286 324
"""
"""Weights of thirty young rats in grams, on five days each (Gelfand et al. 1990)."""


def rats_data(seed: int) -> Data:
    """X is the day less its mean."""
    y = np.array(WEIGHTS.split(), dtype=float)
    rats = len(y) // len(DAYS)
    x = np.tile(np.array(DAYS) - np.mean(DAYS), rats)
    return {"group": np.repeat(np.arange(rats), len(DAYS)), "x": x, "y": y}


def rats_model(data: Data, way: str) -> Any:
    """A line for every rat; wide priors in grams and grams a day."""
    return _lines(data, way, means=((200.0, 100.0), (5.0, 10.0)), scales=(50.0, 5.0), noise=20.0)


def siblings_data(seed: int) -> Data:
    """300 groups of 1 to 300 observations; x is a yes or no that a fifth of them have."""
    rng = np.random.default_rng(seed)
    group = zipf_groups(rng, 300, 1.5, 300)
    x = (rng.random(len(group)) < 0.2).astype(float)
    y = rng.normal(rng.normal(1.4, 0.5, 300)[group] + rng.normal(-0.6, 0.35, 300)[group] * x, 0.75)
    return {"group": group, "x": x, "y": y}


def siblings_model(data: Data, way: str) -> Any:
    """An intercept and a slope for every group."""
    return _lines(data, way, means=((0.0, 10.0), (0.0, 10.0)), scales=(1.0, 1.0), noise=1.0)


def _lines(
    data: Data, way: str, *, means: tuple[tuple[float, float], ...], scales: tuple[float, ...], noise: float
) -> Any:
    import pymc as pm

    with pm.Model(coords=group_of(data["group"])) as model:
        effects = []
        for name, mean, scale in zip(("intercept", "slope"), means, scales, strict=True):
            mu, tau = pm.Normal(f"mu_{name}", *mean), pm.HalfNormal(f"tau_{name}", scale)
            effects.append(normal_effect(way, name, mu, tau))
        intercept, slope = (effect[data["group"]] for effect in effects)
        pm.Normal("y", intercept + slope * data["x"], pm.HalfNormal("sigma", noise), observed=data["y"])
    return model


_LINES = {
    "mu_intercept": "identity",
    "mu_slope": "identity",
    "tau_intercept": "log",
    "tau_slope": "log",
    "sigma": "log",
    "intercept": "identity",
    "slope": "identity",
}
CASES = (
    Case("rats", 220, rats_data, rats_model, _LINES, groups=30),
    Case("siblings300", 120, siblings_data, siblings_model, _LINES, groups=300, data_seed=1),
)
