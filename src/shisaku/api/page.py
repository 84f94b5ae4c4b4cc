"""Write the page of a run anew."""

from __future__ import annotations

from pathlib import Path


def write_report(run: str | Path, out: str | Path | None = None) -> Path:
    """Render ``report.html`` from what the run folder holds; returns its path. Raises DataError for no run."""
    from shisaku.report.render import write_report as render
    from shisaku.store.run import Run

    written = render(Run.open(Path(run)))
    if out is None:
        return written
    target = Path(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(written.read_bytes())
    return target
