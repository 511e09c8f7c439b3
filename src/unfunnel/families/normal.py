"""Normal: location and scale as they are."""

from pytensor.tensor.random.basic import NormalRV

from unfunnel.families.base import Family

FAMILY = Family(name="Normal", op=NormalRV, reference=lambda mu, sigma: (mu, sigma))
