"""Write the page of a run's evidence: one file, no network, English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.judging.bundle import FOLDER
from shisaku.message import say
from shisaku.registry.yaml_tree import compose
from shisaku.report.measure.axis import others_of
from shisaku.report.measure.drift import drifts_of
from shisaku.report.measure.evidence import Evidence, Row
from shisaku.report.measure.front import Front, fronts_of, gate_words, silent
from shisaku.report.measure.names import OTHERS, TITLES, judge_words
from shisaku.report.measure.sheet import Card, sheet_of
from shisaku.report.measure.shelf import Shelf
from shisaku.report.measure.telling import Pair, telling_of
from shisaku.report.measure.thresholds import learnt_of
from shisaku.report.shell import SCRIPTS, asset, environment, policy, trusted
from shisaku.report.words import Words, _, title_words, words
from shisaku.store.atomic import write_bytes

if TYPE_CHECKING:
    from shisaku.store.run import Run

PAGE = "report.html"
LEFT = {
    "making": say("when it was made"),
    "keep": say("by a keep-rule"),
    "judge": say("stays, but a judge could not measure it"),
}


@dataclass(frozen=True, slots=True)
class View:
    """One batch as the page shows it."""

    front: Front
    bundle: Row
    pairs: Sequence[Pair]
    sheet: Mapping[str, Sequence[Card]]

    @property
    def figures(self) -> list[Row]:
        """What judges of the set said with figures, those that matter first."""
        quiet = silent(self.bundle)
        order = {"bad": 0, "warn": 1, "note": 2}
        return sorted((row for row in self.bundle["sets"] if row not in quiet), key=lambda row: order[row["weight"]])

    @property
    def quiet(self) -> list[Row]:
        """What judges of the set said without."""
        return silent(self.bundle)


def write_measure_page(run: Run, cooked: Run) -> Path:
    """Write ``evidence/report.html`` into `run` and return its path; `cooked` is the run of its judges."""
    target = run.path / FOLDER / PAGE
    write_bytes(target, measure_html(Evidence.of(run, cooked)).encode("utf-8", "replace"))
    return target


def measure_html(evidence: Evidence) -> str:
    """Return the whole page; every text of the run is escaped, and the page's policy lets only our scripts run."""
    run, shelf, measured = evidence.run, Shelf(evidence), evidence.measured()
    recipe = compose((run.path / "recipe.yaml").read_text(encoding="utf-8")).plain()
    fronts = {front.name: front for front in fronts_of(evidence)}
    pairs = {name: telling_of(evidence, bundle, shelf) for name, bundle in measured.items()}
    views = [View(fronts[name], one, pairs[name], sheet_of(evidence, one, shelf)) for name, one in measured.items()]
    scripts = [*(asset("assets", name) for name in SCRIPTS), asset("templates", "page.js")]
    css = "".join(asset("templates", name) for name in ("style.css", "audit.css", "measure.css"))
    name = str(recipe.get("name") or run.path.name)
    return (
        environment()
        .get_template("measure.html.j2")
        .render(
            version=version("shisaku"),
            policy=policy(scripts, css),
            css=trusted(css),
            scripts=[trusted(script) for script in scripts],
            licences=asset("assets", "THIRD_PARTY.txt"),
            title=_("What was made, measured: {name}", name=title_words(recipe.get("title") or {}, name)),
            preview=run.read_json("run").get("preview"),
            report=(run.path / "report.html").is_file(),
            fronts=list(fronts.values()),
            views=views,
            drifts=drifts_of(evidence.chains),
            others=others_of,
            others_title=words(TITLES[OTHERS]),
            judge_of=judge_words,
            drop_of=evidence.drop,
            left_of=_left,
            learnt_of=learnt_of,
            limits={op: said for one in measured.values() for op, said in one["limits"].items()},
            untold=_untold(measured),
            gate=gate_words(recipe.get("gate") or []),
            sound_shown=any(_sounds(view) for view in views),
        )
    )


def _left(by: str) -> Words:
    return words(LEFT[by])


def _untold(measured: Mapping[str, Row]) -> list[Words]:
    """Return which judges did not judge and why, each sentence once."""
    rows: list[Mapping[str, Any]] = [row for bundle in measured.values() for row in bundle["not_judged_by"]]
    return list(dict.fromkeys(words(row) for row in rows))


def _sounds(view: View) -> bool:
    cards = [card.shown for some in view.sheet.values() for card in some]
    return any(shown and shown.sounds for shown in [*cards, *(pair.made for pair in view.pairs)])
