"""Write the page of an audit: one file, no network, English and Japanese, from what the run folder holds alone."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.core.recipe import ROOT
from shisaku.message import say
from shisaku.registry.yaml_tree import compose
from shisaku.report.audit.dose import dose_chart
from shisaku.report.audit.names import detector_words
from shisaku.report.audit.view import view_of
from shisaku.report.flow import reasons
from shisaku.report.machine import model_rows
from shisaku.report.numbers import count
from shisaku.report.shell import SCRIPTS, asset, environment, policy, trusted
from shisaku.report.words import Words, _, words
from shisaku.store.atomic import write_bytes

if TYPE_CHECKING:
    from shisaku.auditing.found import Found
    from shisaku.store.run import Run

PAGE = "audit.html"
LEVELS = {
    "quick": say("A quick look at decoded files alone. --deep adds models: speech, faces, text in pictures."),
    "standard": say("The usual detectors. --deep adds the slow ones: speech, faces, text in pictures."),
    "deep": say("All detectors that could read these data."),
}


def write_audit_page(run: Run, found: Found) -> Path:
    """Write ``audit.html`` into the run folder and return its path; `found` is what `found_in` reads of the run."""
    target = run.path / PAGE
    write_bytes(target, audit_html(run, found).encode("utf-8", "replace"))
    return target


def audit_html(run: Run, found: Found) -> str:
    """Return the whole page; every text of the run is escaped, and the page's policy lets only our script run."""
    about, machine = run.read_json("run"), run.read_json("environment")
    recipe = (run.path / "recipe.yaml").read_text(encoding="utf-8")
    dropped = [row for row in run.read_rows("drops") if row["step"] == ROOT]
    exhibits = run.read_json("samples")
    dose = run.read_json("sensitivity") if (run.path / "sensitivity.json").is_file() else None
    drawing = [asset("assets", name) for name in SCRIPTS] if dose else []
    scripts, css = (
        [*drawing, asset("templates", "page.js")],
        asset("templates", "style.css") + asset("templates", "audit.css"),
    )
    view = view_of(found, exhibits, _steps(recipe))
    return (
        environment()
        .get_template("audit.html.j2")
        .render(
            version=version("shisaku"),
            policy=policy(scripts, css),
            css=trusted(css),
            scripts=[trusted(script) for script in scripts],
            title=_("Audit of {name}", name=str(about["name"])),
            headline=_headline(found.of, len(found.flagged), len(dropped)),
            level=words(LEVELS[about["level"]]),
            worst=[{"name": n, "title": detector_words(n), "what": words(what)} for n, what in found.worst()],
            notes=[words(note) for note in about.get("notes", [])],
            view=view,
            dose=dose,
            labelling=run.read_json("labelling_plan") if (run.path / "labelling_plan.json").is_file() else None,
            chart=dose_chart(dose) if dose else None,
            licences=asset("assets", "THIRD_PARTY.txt") if dose else "",
            sound_shown=any(row["kind"] == "audio" for row in exhibits),
            samples=found.of,
            dropped=len(dropped),
            reasons=reasons(run.read_rows("drops")),
            timings=run.read_rows("timings"),
            models=model_rows(machine),
            machine={key: value for key, value in machine.items() if key != "models"},
            recipe=recipe,
        )
    )


def _headline(samples: int, flagged: int, dropped: int) -> Words:
    if not flagged:
        return _(
            "{n} samples were looked at; {dropped} records could not be read.", n=count(samples), dropped=count(dropped)
        )
    return _(
        "{flagged} of {n} samples have at least one issue; {dropped} records could not be read.",
        flagged=count(flagged),
        n=count(samples),
        dropped=count(dropped),
    )


def _steps(recipe: str) -> dict[str, Mapping[str, Any]]:
    steps = compose(recipe).plain().get("steps") or []
    return {str(step["name"]): step for step in steps}
