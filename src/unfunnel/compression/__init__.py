"""The same model on sums over rows: its likelihood touches the data only through what few distinct rows have."""

from unfunnel.compression.compress import Compression, compression_of

__all__ = ["Compression", "compression_of"]
