"""Everyone who takes part, in the order of the page's tables."""

from __future__ import annotations

from benchmarks.peers import bambis, flows, numpyros, nutpies, ours, pymcs, stans, vips
from benchmarks.peers.fit import Peer

_ROOMS = (ours, pymcs, nutpies, flows, vips, numpyros, stans, bambis)
OURS = "unfunnel"
PEERS: dict[str, Peer] = {peer.name: peer for room in _ROOMS for peer in room.PEERS}
