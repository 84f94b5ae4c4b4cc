"""What an audit gives back: where it is, what it found, and a view of itself for notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shisaku.auditing.found import Found
    from shisaku.store.run import Run


SENSITIVITY = "sensitivity"


@dataclass(frozen=True, slots=True)
class AuditResult:
    """A finished audit: records = samples looked at + dropped; `version` is what was written into a dataset home."""

    path: Path
    found: Found
    dropped: int
    seconds: float
    version: Mapping[str, Any] | None = None
    sensitivity: Mapping[str, Any] | None = None

    @property
    def page(self) -> Path:
        """The page to open."""
        return self.path / "audit.html"

    def to_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        return {
            "run": str(self.path),
            "page": str(self.page),
            "samples": self.found.of,
            "dropped": self.dropped,
            "seconds": round(self.seconds, 1),
            "flagged": len(self.found.flagged),
            "issues": {name: [issue.to_json() for issue in some] for name, some in self.found.issues.items()},
            "measured": dict(self.found.measured),
            "findings": [dict(row) for row in self.found.findings],
            "seconds_by_detector": {name: round(taken, 2) for name, taken in self.found.seconds.items()},
            "sensitivity": dict(self.sensitivity) if self.sensitivity else None,
            "dataset": dict(self.version) if self.version else None,
        }

    def _repr_html_(self) -> str:
        from shisaku.report.audit.notebook import audit_fragment

        return audit_fragment(self.found, self.dropped, str(self.page))


def audit_result(run: Run, found: Found, seconds: float) -> AuditResult:
    """Read the run of an audit back as its result."""
    dropped = sum(row["step"] == "data" for row in run.read_rows("drops"))
    told = run.read_json(SENSITIVITY) if (run.path / f"{SENSITIVITY}.json").is_file() else None
    return AuditResult(run.path, found, dropped, seconds, sensitivity=told)
