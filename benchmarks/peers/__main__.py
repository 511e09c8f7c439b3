"""Run unfunnel and its peers: `python -m benchmarks.peers [CASE ...] [--peers NAME ...] [--seeds 1 2 3]`.

Every fit is written to a file of its own in a folder as soon as it is done, and what is there is not done again. Each
case of a peer runs in a process of its own, on one core; if that dies or a fit takes too long, the page says so of that
fit. At the end all records of the folder are put together in `results.json`; `python -m benchmarks.peers.page` makes
the page.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.peers.cases import CASES
from benchmarks.peers.record import Key, write
from benchmarks.peers.registry import PEERS
from benchmarks.peers.worker import supervise

RESULTS = Path(__file__).parent / "results.json"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__, formatter_class=about)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--peers", nargs="+", default=list(PEERS), metavar="NAME", help=f"of {', '.join(PEERS)}")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--draws", type=int, default=1000, help="per chain, of 4")
    parser.add_argument("--folder", type=Path, default=Path("peers"), help="for the record of each fit")
    parser.add_argument("--limit", type=float, default=900.0, help="seconds after which a fit is ended")
    parser.add_argument("--results", type=Path, default=RESULTS, help="file that all records are put together in")
    parser.add_argument("--again", action="store_true", help="also what failed, or what was not installed, before")
    found = parser.parse_args()
    for kind, given, known in (("case", found.cases, CASES), ("peer", found.peers, PEERS)):
        if unknown := sorted(set(given) - set(known)):
            parser.error(f"no {kind} named {', '.join(unknown)}; there are {', '.join(known)}")
    return found


def collected(folder: Path) -> dict[str, object]:
    """All records, in the order of cases and peers."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    order = {name: place for place, name in enumerate((*CASES, *PEERS))}
    return {
        "command": "python -m benchmarks.peers",
        "records": sorted(records, key=lambda r: (order[r["key"]["case"]], order[r["key"]["peer"]], r["key"]["seed"])),
    }


def main() -> int:
    """Run what is missing, and put everything together."""
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    for peer in options.peers:
        seeds = options.seeds[: PEERS[peer].most_seeds]
        keys = [Key(case, peer, seed) for case in options.cases or CASES for seed in seeds]
        supervise(keys, options.draws, options.folder, options.limit, again=options.again)
    write(options.results, collected(options.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
