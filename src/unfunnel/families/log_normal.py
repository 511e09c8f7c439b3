"""LogNormal: location and scale of its logarithm."""

from pytensor.tensor.random.basic import LogNormalRV

from unfunnel.families.base import Family

FAMILY = Family(name="LogNormal", op=LogNormalRV, positive=True, reference=lambda mu, sigma: (mu, sigma))
