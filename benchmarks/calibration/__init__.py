"""Simulation-based calibration: whether posteriors are as often right as they say, over data that their priors make."""
