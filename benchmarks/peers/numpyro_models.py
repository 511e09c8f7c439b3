"""The cases written in NumPyro, centered, with the variables' names and priors as in PyMC.

A model is a function of nothing, as NumPyro wants it; beside it stand the effects that can be reparameterized.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.models.case import Data
from benchmarks.peers.regimes import NAMES as REGIMES

Model = Callable[[], None]


def effects_of(name: str, location: Any, scale: Any, groups: int) -> Any:
    """Normal effects of groups."""
    import numpyro
    import numpyro.distributions as dist

    with numpyro.plate(f"{name}_groups", groups):
        return numpyro.sample(name, dist.Normal(location, scale))


def normals(data: Data, prior: str) -> None:
    """Estimates or observations with known noise."""
    import numpyro
    import numpyro.distributions as dist

    mu = numpyro.sample("mu", dist.Normal(0.0, 5.0))
    tau = numpyro.sample("tau", getattr(dist, prior)(5.0))
    theta = effects_of("theta", mu, tau, data.get("groups", len(data["y"])))
    mean = theta[data["group"]] if "group" in data else theta
    numpyro.sample("y", dist.Normal(mean, data["sigma"]), obs=data["y"])


def surgical(data: Data) -> None:
    """Failure rates of hospitals."""
    import numpyro
    import numpyro.distributions as dist

    mu, tau = numpyro.sample("mu", dist.Normal(0.0, 5.0)), numpyro.sample("tau", dist.HalfNormal(1.0))
    theta = effects_of("theta", mu, tau, len(data["y"]))
    numpyro.sample("y", dist.Binomial(data["n"], logits=theta), obs=data["y"])


def seeds(data: Data) -> None:
    """Plates vary around a factorial design."""
    import numpyro
    import numpyro.distributions as dist

    beta = numpyro.sample("beta", dist.Normal(0.0, 2.0).expand([4]).to_event(1))
    tau = numpyro.sample("tau", dist.HalfNormal(1.0))
    u = effects_of("u", 0.0, tau, len(data["y"]))
    numpyro.sample("y", dist.Binomial(data["n"], logits=data["X"] @ beta + u), obs=data["y"])


def rats(data: Data) -> None:
    """A line for every rat."""
    import numpyro
    import numpyro.distributions as dist

    effects = []
    for name, mean, scale in (("intercept", (200.0, 100.0), 50.0), ("slope", (5.0, 10.0), 5.0)):
        mu = numpyro.sample(f"mu_{name}", dist.Normal(*mean))
        tau = numpyro.sample(f"tau_{name}", dist.HalfNormal(scale))
        effects.append(effects_of(name, mu, tau, int(data["group"].max()) + 1)[data["group"]])
    sigma = numpyro.sample("sigma", dist.HalfNormal(20.0))
    numpyro.sample("y", dist.Normal(effects[0] + effects[1] * data["x"], sigma), obs=data["y"])


def poisson60(data: Data) -> None:
    """Log rates with a population mean and a common slope."""
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    mu, tau = numpyro.sample("mu", dist.Normal(0.0, 2.0)), numpyro.sample("tau", dist.HalfNormal(1.0))
    slope = numpyro.sample("slope", dist.Normal(0.0, 2.0))
    theta = effects_of("theta", mu, tau, int(data["group"].max()) + 1)
    numpyro.sample("y", dist.Poisson(jnp.exp(theta[data["group"]] + slope * data["x"])), obs=data["y"])


def mixed(data: Data, likelihood: str) -> None:
    """`b0 + b1 x + u[g]`."""
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    b0, b1 = (numpyro.sample(name, dist.Normal(0.0, 2.0)) for name in ("b0", "b1"))
    tau = numpyro.sample("tau", dist.HalfNormal(1.0))
    u = effects_of("u", 0.0, tau, int(data["group"].max()) + 1)
    eta = b0 + b1 * data["x"] + u[data["group"]]
    numpyro.sample(
        "y", dist.Poisson(jnp.exp(eta)) if likelihood == "poisson" else dist.Bernoulli(logits=eta), obs=data["y"]
    )


def crossed(data: Data) -> None:
    """Ability of persons and difficulty of items."""
    import numpyro
    import numpyro.distributions as dist

    b0 = numpyro.sample("b0", dist.Normal(0.0, 2.0))
    scales = [numpyro.sample(name, dist.HalfNormal(2.0)) for name in ("tau_person", "tau_item")]
    ability = effects_of("ability", 0.0, scales[0], data["persons"])
    difficulty = effects_of("difficulty", 0.0, scales[1], data["items"])
    eta = b0 + ability[data["person"]] - difficulty[data["item"]]
    numpyro.sample("y", dist.Bernoulli(logits=eta), obs=data["y"])


MODELS: dict[str, tuple[Callable[[Data], None], tuple[str, ...]]] = {
    **{name: (partial(normals, prior="HalfNormal"), ("theta",)) for name in REGIMES},
    "schools": (partial(normals, prior="HalfCauchy"), ("theta",)),
    "surgical": (surgical, ("theta",)),
    "seeds": (seeds, ("u",)),
    "rats": (rats, ("intercept", "slope")),
    "poisson60": (poisson60, ("theta",)),
    "mixed_poisson": (partial(mixed, likelihood="poisson"), ("u",)),
    "mixed_bernoulli": (partial(mixed, likelihood="bernoulli"), ("u",)),
    "crossed100x20": (crossed, ("ability", "difficulty")),
}
"""By case: the model, and its effects."""
