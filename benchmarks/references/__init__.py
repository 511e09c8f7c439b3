"""Long reference runs, stored beside this file; `python -m benchmarks.references NAME` makes one."""
