"""Write the manual of the audit from its detectors and the docstrings of their ops.

``python -m shisaku.report.audit.manual [docs]`` writes ``docs/audit.md``. Where ``docs/audit_limits.json`` lies beside
it (``PYTHONPATH=benchmarks python -m planted --json docs/audit_limits.json``), every op gets a table of its limits.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

from shisaku.auditing.detector import HOME
from shisaku.report.limits_table import FOUND
from shisaku.report.manual import Manual

AUDIT = Manual(
    page="audit.md",
    limits="audit_limits.json",
    template="audit_manual.md",
    home=resources.files("shisaku.auditing").joinpath(HOME),
    columns=FOUND,
)

if __name__ == "__main__":
    AUDIT.write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
