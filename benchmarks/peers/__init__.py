"""unfunnel and its peers side by side; `python -m benchmarks.peers` runs them."""
