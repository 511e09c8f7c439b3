"""Cauchy: its median and half its interquartile range; it has no moments."""

from pytensor.tensor.random.basic import CauchyRV

from unfunnel.families.base import Family

FAMILY = Family(name="Cauchy", op=CauchyRV, reference=lambda alpha, beta: (alpha, beta))
