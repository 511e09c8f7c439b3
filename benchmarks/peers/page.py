"""The page of the documentation: `python -m benchmarks.peers.page [RESULTS] > docs/peers.md`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median

from benchmarks.peers.cases import CASES, TITLES
from benchmarks.peers.record import Record
from benchmarks.peers.registry import PEERS
from benchmarks.peers.summary import LARGEST_RHAT, LEAST_ESS, MEASURES, OTHERS, Row, rows_of
from benchmarks.peers.words import lost, verdicts

RESULTS = Path(__file__).parent / "results.json"
_COLUMNS = (*MEASURES, *OTHERS)


def page(records: list[Record], note: str = "") -> str:
    """All of it; a note says what the records do not, such as that they are of several machines."""
    rows = rows_of(records)
    how = _how(records) + (f"\n- {note}" if note else "")
    parts = [_opening(records), _where_peers_win(rows), how, _who(rows)]
    parts += [_case(case, found) for case, found in rows.items()]
    return "\n\n".join(parts) + "\n"


def _opening(records: list[Record]) -> str:
    seeds = sorted({record.key.seed for record in records})
    draws = sorted({record.draws for record in records})
    return (
        "# Peers\n\n"
        "unfunnel beside the other ways of sampling a hierarchical model: the same data, 4 chains of"
        f" {' or '.join(map(str, draws))} draws each, seeds {', '.join(map(str, seeds))}, everything on one core.\n"
        "Every number and every sentence on who wins is computed from `benchmarks/peers/results.json`;"
        " `make benchmark` measures it again."
        f"{_still_to_measure(records)}"
    )


def _still_to_measure(records: list[Record]) -> str:
    cases, peers = ({getattr(record.key, part) for record in records} for part in ("case", "peer"))
    left = {
        f"{len(CASES)} cases": [name for name in CASES if name not in cases],
        f"{len(PEERS)} ways to sample": [peer.title for name, peer in PEERS.items() if name not in peers],
    }
    return "".join(f"\nOf its {of} not measured: {', '.join(names)}." for of, names in left.items() if names)


def _where_peers_win(rows: dict[str, list[Row]]) -> str:
    found = [sentence for case, seen in rows.items() for sentence in lost(case, seen)]
    listed = "\n".join(f"- {sentence}" for sentence in found) or "Nowhere, by these measures."
    return (
        "## Where a peer is better\n\n"
        "Every measure and case in which a peer that converged is ahead of unfunnel by more than a twentieth:\n\n"
        f"{listed}"
    )


def _fewer_seeds() -> str:
    few = [f"{peer.title} with {peer.most_seeds}" for peer in PEERS.values() if peer.most_seeds is not None]
    return f"; {', '.join(few)} of them alone, because a fit takes minutes" if few else ""


def _how(records: list[Record]) -> str:
    fits = [record.numbers for record in records if record.numbers is not None]
    busy = f"{median(fit.wall / fit.processor for fit in fits):.2f}" if fits else "–"
    return f"""## How it is measured

- ESS is the least bulk ESS over every scale, shared parameter and effect. All numbers are medians over the seeds, but
  for divergences, which are their sum{_fewer_seeds()}.
- Gradients are those of every phase: a pilot, variational inference, warm-up, draws; a column has those of the draws
  alone.
- Seconds are processor time on one core, so that other work on the machine does not count. "Sampling" is every phase;
  "compiled" is the whole call from building the model on. Before it a short call is made in the same process that
  nobody measures, so that imports and caches of a first call are nobody's cost; but nobody finds code there that was
  compiled before, and Stan's build is counted with every seed. Seconds on the wall have a column of
  their own; in this run they were {busy} times the processor's, in the median.
- Every tool keeps its own default warm-up; the target acceptance rate is 0.8 for all but unfunnel, whose default is to
  choose one between 0.5 and 0.8 by its pilot.
- "Off" is the largest difference of a posterior mean from the reference in posterior standard deviations, and the
  largest of any mean or standard deviation in Monte Carlo standard errors; the largest of dozens of such is 2 to 4 when
  nothing is wrong. The reference is quadrature, or a long run.
- A row with a † has not converged (median R-hat above {LARGEST_RHAT:g}, least ESS below {LEAST_ESS:.0f}, or a seed that
  did not come to its end). Its ESS is not to be believed, and it wins nothing."""


def _who(rows: dict[str, list[Row]]) -> str:
    seen = {row.peer: row for found in rows.values() for row in found}
    lines = [f"{peer.title}\n: {peer.about}{_versions(seen[name])}" for name, peer in PEERS.items() if name in seen]
    return "## Who takes part\n\n" + "\n\n".join(lines)


def _versions(row: Row) -> str:
    found = row.records[0].versions
    known = [f"{name} {found[name]}" for name in PEERS[row.peer].packages if name in found]
    return f" {', '.join(known)}." if known else ""


def _case(case: str, rows: list[Row]) -> str:
    head = " | ".join(("", *(measure.heading for measure in _COLUMNS)))
    lines = [f"|{head} |", "|---" * (len(_COLUMNS) + 1) + "|"]
    lines += [_line(row) for row in rows if row.fits]
    absent = [f"- {PEERS[row.peer].title}: {'; '.join(row.reasons)}." for row in rows if row.reasons]
    missing = "\n\nNot in the table, or not with every seed:\n\n" + "\n".join(absent) if absent else ""
    told = "\n".join(f"- {sentence}" for sentence in verdicts(rows))
    return f"## {TITLES[case]}\n\n`{case}`\n\n" + "\n".join(lines) + f"\n\n{told}{missing}"


def _line(row: Row) -> str:
    mark = "" if row.converged else " †"
    cells = (measure.shown(measure.of(row)) for measure in _COLUMNS)
    return f"| {PEERS[row.peer].title}{mark} | " + " | ".join(cells) + " |"


def read(path: Path) -> list[Record]:
    """The records of a file of results."""
    return [Record.from_json(record) for record in json.loads(path.read_text(encoding="utf-8"))["records"]]


def note_of(path: Path) -> str:
    """The note that somebody wrote into a file of results, which measuring anew leaves out."""
    return str(json.loads(path.read_text(encoding="utf-8")).get("note", ""))


if __name__ == "__main__":
    results = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    sys.stdout.write(page(read(results), note_of(results)))
