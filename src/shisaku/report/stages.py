"""Write the page of a gate's record, for those who read before they sign: one file, no network, two languages."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shisaku.lab.stages.stage import STAGES, TITLES
from shisaku.report.shell import asset, environment, policy, trusted
from shisaku.report.words import Words, _, same, words
from shisaku.store.atomic import write_bytes


def write_stages_page(found: Mapping[str, Any], target: Path) -> Path:
    """Write the page of what ``gate status`` found to `target` and return it. Raises MachineError."""
    write_bytes(target, stages_html(found).encode("utf-8", "replace"))
    return target


def stages_html(found: Mapping[str, Any]) -> str:
    """Return the whole page; every text of form and runs is escaped, and the page's policy lets only our script run."""
    scripts, css = [asset("templates", "page.js")], asset("templates", "style.css")
    return (
        environment()
        .get_template("stages.j2")
        .render(
            version=version("shisaku"),
            policy=policy(scripts, css),
            css=trusted(css),
            scripts=[trusted(script) for script in scripts],
            title=_("Stage gates: {title}", title=same(found["title"])),
            line=_line(found),
            steps=[(name, words(TITLES[name])) for name in STAGES],
            behind=STAGES.index(found["stage"]),
            limit_of=_limit,
            found=found,
        )
    )


def _line(found: Mapping[str, Any]) -> Words:
    stage = words(found["stage_title"])
    if found["next"] is None:
        return _("The stage is {stage}, the last one.", stage=stage)
    after = words(found["next_title"])
    if found["open"]:
        return _("The stage is {stage}; the gate to {next} is open.", stage=stage, next=after)
    n = len(found["blocks"])
    return _("The stage is {stage}; the gate to {next} is closed: {n} things block it.", stage=stage, next=after, n=n)


def _limit(trigger: Mapping[str, Any]) -> Words | str:
    if trigger["above"] is not None:
        return _("above {limit}", limit=f"{trigger['above']:g}")
    return _("below {limit}", limit=f"{trigger['below']:g}") if trigger["below"] is not None else ""
