"""Evidence and parents of an elimination, drawn at random; and graphs of both implementations with their gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor import function, grad
from pytensor.compile.mode import Mode

PY = Mode(linker="py", optimizer="fast_compile")


@dataclass(frozen=True)
class Problem:
    """What an elimination is given; `H`, `E` and `D` come from one joint precision, so that the posterior is proper."""

    groups: int
    effects: int
    shared: int
    own_scales: bool
    has_offset: bool
    seed: int = 1
    size_of_scale: float = 1.0
    size_of_evidence: float = 1.0
    correlated: bool = False

    @property
    def sizes(self) -> dict[str, int]:
        return {"groups": self.groups, "effects": self.effects, "shared": self.shared}

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.groups, self.effects, self.shared])

    def parents(self) -> list[np.ndarray]:
        """numbers, scale, offset, f, S, b0."""
        rng, K, s, d = self.rng, self.groups, self.effects, self.shared
        root, to_shared = rng.normal(size=(K, s, s)), rng.normal(size=(K, s, d))
        H = self.size_of_evidence * (root @ root.transpose(0, 2, 1) + 0.5 * np.eye(s))
        E = H @ to_shared
        D = np.einsum("kai,kaj->ij", to_shared, E) + self.size_of_evidence * np.eye(d)
        blocks = [rng.normal(size=(K, s)), H, E, (D + D.T) / 2.0, rng.normal(size=d)]
        return [
            np.concatenate([block.ravel() for block in blocks]),
            self._scale(rng),
            rng.normal(size=(K if self.has_offset else 0, s)),
            np.array(1.3),
            np.exp(rng.normal(size=d)),
            rng.normal(size=d),
        ]

    def _scale(self, rng: np.random.Generator) -> np.ndarray:
        """Standard deviations, or the packed rows of a factor."""
        n, s = self.groups if self.own_scales else 1, self.effects
        deviations = self.size_of_scale * np.exp(rng.normal(size=(n, s)))
        if not self.correlated:
            return deviations
        rows, columns = np.tril_indices(s)
        unit = np.tril(rng.normal(size=(n, s, s)))
        diagonal = np.arange(s)
        unit[:, diagonal, diagonal] = 0.5 + np.abs(unit[:, diagonal, diagonal])
        return deviations[:, rows] * unit[:, rows, columns]

    def effects_inputs(self, j: int) -> list[np.ndarray]:
        """x, v_later, y, numbers, scale, offset, f."""
        rng = np.random.default_rng([self.seed, j])
        later = rng.normal(size=(self.groups, self.effects - 1 - j))
        return [rng.normal(size=self.groups), later, rng.normal(size=self.shared), *self.parents()[:4]]

    def solve_inputs(self, start: int, stop: int) -> list[np.ndarray]:
        """x, z_later, R, w."""
        rng, d = np.random.default_rng([self.seed, start, stop]), self.shared
        root = rng.normal(size=(d, d)) / np.sqrt(d)
        R = np.linalg.cholesky(np.eye(d) + root @ root.T)
        return [rng.normal(size=stop - start), rng.normal(size=d - stop), R, rng.normal(size=d)]


def variables(arrays: list[np.ndarray]) -> list[Any]:
    return [pt.tensor(f"input_{i}", shape=array.shape, dtype="float64") for i, array in enumerate(arrays)]


def values_and_gradient(
    operation: Any, arrays: list[np.ndarray], constant: set[int], mode: Any = PY, **settings: Any
) -> list[np.ndarray]:
    """Outputs, and the gradient of a fixed linear combination of them in every input that is not `constant`."""
    found: list[np.ndarray] = gradient_function(operation, arrays, constant, mode, **settings)(*arrays)
    return found


def gradient_function(
    operation: Any, arrays: list[np.ndarray], constant: set[int], mode: Any = PY, **settings: Any
) -> Any:
    """The same as a function of arrays of these shapes."""
    inputs = variables(arrays)
    outputs = list(operation(*inputs, **settings))
    # Weights without randomness, and never zero, whatever the size of the output.
    total = sum((pt.cos(1.0 + pt.arange(output.size)) * output.ravel()).sum() for output in outputs)
    wrt = [variable for i, variable in enumerate(inputs) if i not in constant]
    gradient = grad(total, wrt, disconnected_inputs="ignore")
    return function(inputs, [*outputs, *gradient], mode=mode, on_unused_input="ignore")
