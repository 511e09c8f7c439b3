from __future__ import annotations

import os
import signal

from hypothesis import HealthCheck, settings

# Two devices for NumPyro's two chains; JAX reads this once, when it is first imported.
os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=2")

# What a shell starts in the background ignores Ctrl-C, and the tests of interruptions press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Derandomized: a test that fails does so on every run, and none fails one run in a hundred. No deadline: the machine
# that runs the tests may be busy.
settings.register_profile(
    "unfunnel", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unfunnel")
