from __future__ import annotations

from hypothesis import HealthCheck, settings

# Derandomized: a test that fails does so on every run, and none fails one run in a hundred. No deadline: the machine
# that runs the tests may be busy.
settings.register_profile(
    "unfunnel", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unfunnel")
