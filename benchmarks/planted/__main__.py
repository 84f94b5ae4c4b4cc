"""Plant every known fault, print what was found: ``PYTHONPATH=benchmarks python -m planted [--only NAME] [--n N]``.

Per fault: recall and precision at every strength with exact 95 % intervals, false alarms on the unplanted real data,
and the detection limit (smallest strength with recall >= 0.8 at <= 5 % false alarms).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from planted.fault import Fault
from planted.measure import Interval, Measured, measured, op_of
from planted.whole import WholeFault, measured_whole


def faults() -> list[Fault | WholeFault]:
    """Return the faults of all modules called ``faults_*``, in the order of their names.

    Those of single samples stand in FAULTS, those of a whole dataset in WHOLE; the latter are slow and come last.
    """
    home = Path(__file__).parent
    modules = sorted(one.name for one in iter_modules([str(home)]) if one.name.startswith("faults_"))
    held = [import_module(f"planted.{name}") for name in modules]
    return [fault for kind in ("FAULTS", "WHOLE") for one in held for fault in getattr(one, kind, ())]


def main() -> None:
    """Print a block per fault; ``--json FILE`` keeps the figures as they come, and goes on where it was."""
    parser = argparse.ArgumentParser(description="What each detector finds of planted faults.")
    parser.add_argument("--only", action="append", help="a fault or a detector of the profile; may be given again")
    parser.add_argument("--n", type=int, default=0, help="at most so many samples of each source")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--source", default="", help="plant into this source instead of the fault's own")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    done = json.loads(asked.json.read_text("utf-8")) if asked.json and asked.json.is_file() else []
    known = {(one["fault"], one["detector"], one["source"]) for one in done}
    for fault in faults():
        if asked.only and not {fault.name, fault.profile} & set(asked.only):
            continue
        if asked.source:
            fault = replace(fault, source=asked.source)
        if (fault.name, op_of(fault), fault.source) in known:
            continue
        how = measured_whole if isinstance(fault, WholeFault) else measured
        result = how(fault, n=asked.n, seed=asked.seed)
        done.append(asdict(result))
        print(told(result), flush=True)
        if asked.json:
            asked.json.write_text(json.dumps(done, indent=1) + "\n", "utf-8")


def told(result: Measured) -> str:
    """Return a block of lines for a person."""
    limit = "no limit: not found at any strength tried" if result.limit is None else f"limit {result.limit:g}"
    head = f"{result.fault} ({result.detector}) in {result.source}, n = {result.n}: {limit} {result.unit}"
    lines = [head, f"  false alarms {_interval(result.false_alarms)}"]
    for row in result.rows:
        precision = _interval(row.precision) if row.precision else "nothing called"
        lines.append(f"  {row.strength:>8g}  recall {_interval(row.recall)}  precision {precision}")
    return "\n".join(lines)


def _interval(found: Interval) -> str:
    share, low, high = found
    return f"{share:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
