"""Write the tables of docs/findings.md from the runs of these studies; what people say about them stays as it is.

``python examples/proof/write_findings.py docs/findings.md RUN...``
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

START, END = "<!-- tables: written by examples/proof/write_findings.py -->", "<!-- end of tables -->"
PARTS = ("ratios", "equal_money", "layers")


def main() -> None:
    """Replace what stands between the two marks."""
    page, runs = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    text = page.read_text("utf-8")
    before, after = text.split(START)[0], text.split(END)[1]
    tables = "\n".join(line for run in runs for line in lines_of(run))
    page.write_text(f"{before}{START}\n\n{tables}\n{END}{after}", "utf-8")


def lines_of(run: Path) -> Iterator[str]:
    """Yield Markdown for every study of a run."""
    scores = pq.read_table(run / "arm_scores.parquet").to_pylist()
    verdicts = json.loads((run / "verdict.json").read_text("utf-8"))["verdicts"]
    for study in json.loads((run / "studies.json").read_text("utf-8")):
        name = study["name"]
        mine = [row for row in scores if row["study"] == name]
        yield from _scores(name, study, mine)
        yield from _verdicts([row for row in verdicts if row["study"] == name])
        said = [said_of(one["line"]) for part in PARTS for one in _primary(study, part)]
        yield from (f"- {line}" for line in dict.fromkeys(said))
        alarms = [one["text"] for one in study["alarms"] if one["severity"] != "note"]
        yield from ("", "Alarms:", "", *(f"- {text}" for text in alarms), "") if alarms else ("",)


def _scores(name: str, study: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    domains = list(dict.fromkeys(row["domain"] for row in rows))
    shots = sorted({row["shots"] for row in rows}, key=lambda n: (n == 0, n))
    splits = len({row["split"] for row in rows})
    yield f"### {name}\n"
    yield f"{study['overall']}. Mean score in points over {splits} splits, by real items per class.\n"
    cells = [f"{domain}, {n or 'all'}" for domain in domains for n in shots]
    yield "| arm | " + " | ".join(cells) + " |"
    yield "|--|" + "--:|" * len(cells)
    for arm in dict.fromkeys(row["arm"] for row in rows):
        means = []
        for domain in domains:
            for n in shots:
                held = [r["value"] for r in rows if (r["arm"], r["domain"], r["shots"]) == (arm, domain, n)]
                means.append(f"{100 * sum(held) / len(held):.1f}")
        yield f"| {arm} | " + " | ".join(means) + " |"
    yield ""


def _verdicts(verdicts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| domain | arm | shots | decision | effect and interval, points | against | n (test) | interval by |"
    yield "|--|--|--:|--|--|--|--:|--|"
    for row in verdicts:
        low, high = row["interval"]
        decision = row["decision"] + (" (exploratory)" if row["exploratory"] else "")
        domain = row["domain"] + (" (simulated)" if row["simulated"] else "")
        yield (
            f"| {domain} | {row['arm']} | {row['detail']['shots'] or 'all'} | {decision} | {100 * row['effect']:+.1f} "
            f"[{100 * low:+.1f}, {100 * high:+.1f}] | {row['comparator']} | {row['n']} | {row['method']} |"
        )
    yield ""


def _primary(study: Mapping[str, Any], part: str) -> list[Mapping[str, Any]]:
    """Return what a part says of the primary domain; steps of layers are about several."""
    primary = study["plan"]["overall"]["domain"]
    return [one for one in study["detail"].get(part, ()) if one.get("domain", primary) == primary]


def said_of(message: Mapping[str, Any]) -> str:
    """Return a sentence in English."""
    values = {key: said_of(value) if isinstance(value, dict) else value for key, value in message["values"].items()}
    return str(message["template"]).format(**values)


if __name__ == "__main__":
    main()
