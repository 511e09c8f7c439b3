"""Measurements behind the project's claims; each module is run as `python -m benchmarks.NAME`."""
