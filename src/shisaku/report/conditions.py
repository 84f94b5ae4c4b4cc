"""Write the page of what many runs say together: one file, no network, English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from shisaku.report.conditions_chart import cells_chart
from shisaku.report.conditions_lines import AXES, PLACES, WORDS, end_text, finder_lines
from shisaku.report.shell import SCRIPTS, asset, environment, policy, trusted
from shisaku.report.words import _, words
from shisaku.store.atomic import write_bytes

IN_WORDS = 3  # the lines before those that the page shows as tables


def write_conditions_page(found: Mapping[str, Any], target: Path) -> Path:
    """Write the page of what ``api.conditions`` returned to `target` and return it. Raises MachineError."""
    write_bytes(target, conditions_html(found).encode("utf-8", "replace"))
    return target


def conditions_html(found: Mapping[str, Any]) -> str:
    """Return the whole page; every text of a run is escaped, and the page's policy lets only our script run."""
    finder, chart = found["finder"], cells_chart(found["cells"])
    drawing = [asset("assets", name) for name in SCRIPTS] if chart else []
    scripts, css = [*drawing, asset("templates", "page.js")], asset("templates", "style.css")
    return (
        environment()
        .get_template("conditions.j2")
        .render(
            version=version("shisaku"),
            policy=policy(scripts, css),
            css=trusted(css),
            scripts=[trusted(script) for script in scripts],
            title=_("{runs} runs on {datasets} datasets", runs=len(found["runs"]), datasets=len(found["datasets"])),
            lines=[line.to_json() for line in islice(finder_lines(found), IN_WORDS)],
            level=_("{level} interval", level=f"{finder['level']:.4g} %"),
            sums=(
                (_("the rule against never adopting"), "net_gain"),
                (_("always adopting against never"), "always_adopt"),
                (_("the rule against always adopting"), "above_always"),
            ),
            place_of={name: words(said) for name, said in PLACES.items()},
            axis_of={name: words(said) for name, said in AXES.items()},
            says_of={name: words(said) for name, said in WORDS.items()},
            end_of=end_text,
            chart=chart,
            licences=asset("assets", "THIRD_PARTY.txt") if chart else "",
            **{name: found[name] for name in ("finder", "matrix", "transfers", "cells", "datasets", "runs", "notes")},
        )
    )
