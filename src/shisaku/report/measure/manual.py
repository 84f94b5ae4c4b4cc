"""Write the manual of measuring from the judges and the docstrings of their ops.

``python -m shisaku.report.measure.manual [docs]`` writes ``docs/judging.md``. Where ``docs/judging_limits.json`` lies
beside it (``PYTHONPATH=benchmarks python -m planted --judges --json docs/judging_limits.json``), every judge gets a
table of its limits; a judge without one says that it was not measured.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

from shisaku.judging import drift
from shisaku.judging.judge import HOME, UNSEATED
from shisaku.registry.doors import op_class
from shisaku.report.limits_table import JUDGED, Limits, table
from shisaku.report.manual import Manual

DRIFT = "drift"  # the drift meter among the ops, in the table of limits
CORRECTIONS = (
    "image.colour_match",
    "image.histogram",
    "image.fourier",
    "audio.spectrum_match",
    "embedding.coral",
    "dataset.importance",
    "dataset.subset_choice",
)
NOT_MEASURED = "**What it finds:** not measured."
ASKED = "Judges that a recipe asks by a step of its own, since it must say what was meant."
CORRECTED = """\
These change or choose made items so that they come nearer to the real ones. They are no judges and have no detection
limit: what each does to the gap, and to the score on real data, is measured before and after
(`benchmarks/correction.py`). A correction counts only if the gap falls and the score does not."""


def _families(op: str) -> str:
    kin = getattr(op_class(op), "shares_family_with", ())
    names = ", ".join(f"`{one}`" for one in kin)
    return f"**Shares a family with:** {names}. Of what they made it may report, not drop alone." if kin else ""


def _after(manual: Manual, limits: Limits) -> Sequence[str]:
    meter = re.sub(r"\n(What it finds|When it hurts)", r"\n\n**\1**", inspect.getdoc(drift) or "")
    pieces = ["## Drift meter", meter.replace("\n\n\n", "\n\n").strip(), table(limits.get(DRIFT, ()), manual.columns)]
    pieces += ["## Asked by name", ASKED]
    pieces += [piece for op in UNSEATED for piece in manual.of_op(op, limits)]
    pieces += ["## Corrections", CORRECTED]
    as_told = replace(manual, unmeasured="")
    pieces += [piece for op in CORRECTIONS for piece in as_told.of_op(op, limits)]
    return pieces


JUDGING = Manual(
    page="judging.md",
    limits="judging_limits.json",
    template="judging_manual.md",
    home=resources.files("shisaku.judging").joinpath(HOME),
    columns=JUDGED,
    unmeasured=NOT_MEASURED,
    below=_families,
    after=_after,
)

if __name__ == "__main__":
    JUDGING.write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
