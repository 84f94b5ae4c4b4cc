"""Plant every known fault, print what was found: ``PYTHONPATH=benchmarks python -m planted [--only NAME] [--n N]``.

Per fault: recall and precision at every strength with exact 95 % intervals, false alarms on the unplanted real data,
the detection limit (smallest strength with recall >= 0.8 at <= 5 % false alarms), and of detectors that score samples
the area under the ROC curve. ``--judges`` plants only what a judge of made samples should find, and the errors at hops
of a chain; what is judged sample by sample is then measured on at most 150 samples of a source, what needs the set
as a whole on as many as its fault says.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from planted.fault import Fault
from planted.hop import HopFault, measured_hops
from planted.judged import is_judged
from planted.measure import Interval, Measured, measured, op_of
from planted.whole import WholeFault, measured_whole

DIGITS = 4
ITEMS = 150  # samples of a source that a judge of single samples sees: an hour for all of them
KINDS = ("FAULTS", "WHOLE", "HOPS")
AnyFault = Fault | WholeFault | HopFault


def faults() -> list[AnyFault]:
    """Return the faults of all modules called ``faults_*``, in the order of their names.

    Those of single samples stand in FAULTS, those of a whole dataset in WHOLE, those of a hop of a chain in HOPS; the
    latter are slow and come last.
    """
    home = Path(__file__).parent
    modules = sorted(one.name for one in iter_modules([str(home)]) if one.name.startswith("faults_"))
    held = [import_module(f"planted.{name}") for name in modules]
    return [fault for kind in KINDS for one in held for fault in getattr(one, kind, ())]


def main() -> None:
    """Print a block per fault; ``--json FILE`` keeps the figures as they come, and goes on where it was."""
    parser = argparse.ArgumentParser(description="What each detector finds of planted faults.")
    parser.add_argument("--only", action="append", help="a fault, an op or a detector of the profile; repeatable")
    parser.add_argument("--judges", action="store_true", help="only what judges of made samples should find")
    parser.add_argument("--n", type=int, default=0, help="at most so many samples of each source")
    parser.add_argument("--repeats", type=int, default=0, help="at most so many repeats of faults of a whole dataset")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--source", default="", help="plant into this source instead of the fault's own")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    done = json.loads(asked.json.read_text("utf-8")) if asked.json and asked.json.is_file() else []
    known = {(one["fault"], one["detector"], one["source"]) for one in done}
    for fault in faults():
        if asked.only and not {fault.name, fault.profile, op_of(fault)} & set(asked.only):
            continue
        if asked.judges and not is_judged(fault):
            continue
        if asked.source:
            fault = replace(fault, source=asked.source)
        if (fault.name, op_of(fault), fault.source) in known:
            continue
        most = asked.n or (ITEMS if asked.judges and by_item(fault) else 0)
        result = measured_any(fault, n=most, seed=asked.seed, repeats=asked.repeats)
        done.append(asdict(result))
        print(told(result), flush=True)
        if asked.json:
            asked.json.write_text(kept(done), "utf-8")


def by_item(fault: AnyFault) -> bool:
    """Whether what the fault is planted for looks at single samples and not at all of them together."""
    return isinstance(fault, Fault) and not op_of(fault).startswith("dataset.")


def measured_any(fault: AnyFault, *, n: int = 0, seed: int = 0, repeats: int = 0) -> Measured:
    """Plant a fault of any kind; single samples are planted once, `repeats` or not."""
    if isinstance(fault, Fault):
        return measured(fault, n=n, seed=seed)
    how = measured_whole if isinstance(fault, WholeFault) else measured_hops
    return how(fault, n=n, seed=seed, repeats=repeats)  # type: ignore[arg-type]


def kept(done: list[Any]) -> str:
    """Return the figures as JSON, a line per fault, to four decimals."""
    return "[\n" + ",\n".join(json.dumps(_short(one), separators=(",", ":")) for one in done) + "\n]\n"


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_short(one) for one in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def told(result: Measured) -> str:
    """Return a block of lines for a person."""
    limit = "no limit: not found at any strength tried" if result.limit is None else f"limit {result.limit:g}"
    head = f"{result.fault} ({result.detector}) in {result.source}, n = {result.n}: {limit} {result.unit}"
    lines = [head, f"  false alarms {_interval(result.false_alarms)}"]
    for row in result.rows:
        precision = _interval(row.precision) if row.precision else "nothing called"
        area = f"  AUROC {_interval(row.auroc)}" if row.auroc else ""
        lines.append(f"  {row.strength:>8g}  recall {_interval(row.recall)}  precision {precision}{area}")
    return "\n".join(lines)


def _interval(found: Interval | None) -> str:
    if found is None:
        return "no threshold"
    share, low, high = found
    return f"{share:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
