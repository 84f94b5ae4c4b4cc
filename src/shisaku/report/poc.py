"""Write the page of a proof of concept's plan: one file, no network, English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shisaku.lab.poc.figures import marked, priced, share_of
from shisaku.lab.poc.lines import chance_line, status
from shisaku.lab.poc.stop_lines import look_line
from shisaku.message import Message, say
from shisaku.report.shell import asset, environment, policy, trusted
from shisaku.report.words import Words, _, words
from shisaku.store.atomic import write_bytes

Plan = Mapping[str, Any]


def write_poc_page(plan: Plan, target: Path) -> Path:
    """Write the page of what ``api.plan_poc`` returned to `target` and return it. Raises MachineError."""
    write_bytes(target, poc_html(plan).encode("utf-8", "replace"))
    return target


def poc_html(plan: Plan) -> str:
    """Return the whole page; every text of the form is escaped, and the page's policy lets only our script run."""
    scripts, css = [asset("templates", "page.js")], asset("templates", "style.css")
    told = {str(status(plan)), str(chance_line(plan))}
    return (
        environment()
        .get_template("poc.j2")
        .render(
            version=version("shisaku"),
            policy=policy(scripts, css),
            css=trusted(css),
            scripts=[trusted(script) for script in scripts],
            title=_("Plan of a proof of concept: {title}", title=str(plan["title"])),
            plan=plan,
            status=words(status(plan)),
            chance=words(chance_line(plan)),
            lines=[words(line) for line in plan["lines"] if line["text"] not in told],
            money=lambda value: words(marked(plan, value)),
            share=lambda found: words(share_of(found)),
            look=lambda one: words(priced(look_line(plan, one), plan["budget"]["illustrative"])),
            part_of=_named(PARTS),
            size_of=_named(SIZES),
            end_of=_named(ENDS),
            points=_points,
        )
    )


def _points(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _named(said: Mapping[str, Message]) -> dict[str, Words]:
    return {name: words(one) for name, one in said.items()}


PARTS = {
    "test_labels": say("labels for the test"),
    "training_labels": say("labels to train on"),
    "made": say("made items"),
    "checking": say("checking made items"),
    "hours": say("hours of work"),
}
SIZES = {
    "at_hand": say("what is at hand"),
    "planned": say("as planned"),
    "needed": say("what the expected gain takes"),
}
ENDS = {
    "adopt": say("ADOPT"),
    "harm": say("stopped for harm"),
    "small": say("too small a gain"),
    "futile": say("stopped for futility"),
    "open": say("not shown"),
}
