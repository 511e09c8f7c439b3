"""Pictures of a fit in ArviZ's way: one plot a file, on any of its backends."""
