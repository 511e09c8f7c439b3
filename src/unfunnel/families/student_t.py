"""StudentT: its location and scale; the degrees of freedom stay what they are."""

from pytensor.tensor.random.basic import StudentTRV

from unfunnel.families.base import Family

FAMILY = Family(name="StudentT", op=StudentTRV, carrier=1, reference=lambda nu, mu, sigma: (mu, sigma))
