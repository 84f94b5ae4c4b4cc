"""Write the page of a run: one file, no network, English and Japanese, from what the run folder holds alone."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.report.advice import ceiling_words
from shisaku.report.chains import chains
from shisaku.report.decision import decision_words, gist, sign
from shisaku.report.descent import Descent
from shisaku.report.flow import incoming, reasons, steps, streams
from shisaku.report.front import fronts, undecided
from shisaku.report.gallery import walls
from shisaku.report.hops import generations, hop_charts
from shisaku.report.intervals import method_words
from shisaku.report.labels import key_words
from shisaku.report.machine import about, machine, models
from shisaku.report.measures import Measures
from shisaku.report.numbers import count, duration, number, percent, signed
from shisaku.report.paths import open_streams
from shisaku.report.proof import proofs
from shisaku.report.record import Record, read_record
from shisaku.report.speech import casts
from shisaku.report.speed import timings
from shisaku.report.verdicts import all_verdicts, tally, tested
from shisaku.report.words import _, title_words, words
from shisaku.store.atomic import write_bytes

if TYPE_CHECKING:
    from jinja2 import Environment

    from shisaku.store.run import Run

PAGE = "report.html"
SCRIPTS = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js")


def write_report(run: Run) -> Path:
    """Write ``report.html`` into the run folder and return its path. Raises DataError if a table is damaged."""
    target = run.path / PAGE
    write_bytes(target, page_html(read_record(run)).encode("utf-8", "replace"))
    return target


def page_html(record: Record) -> str:
    """Return the whole page; every text of the run is escaped, and the page's policy lets only our scripts run."""
    scripts = [*(_asset("assets", name) for name in SCRIPTS), _asset("templates", "page.js")]
    css = _asset("templates", "style.css")
    page = _environment().get_template("page.html.j2")
    descent, opened, counted = Descent.of(record), open_streams(record), steps(record)
    measures, shown = Measures.of(record, descent), walls(record, descent)
    return page.render(
        record=record,
        version=version("shisaku"),
        policy=policy(scripts, css),
        css=_trusted(css),
        scripts=[_trusted(s) for s in scripts],
        licences=_asset("assets", "THIRD_PARTY.txt"),
        title=title_words(record.title, record.name),
        incomplete=record.incomplete,
        preview=(record.documents["run"] or {}).get("preview"),
        notes=[words(n) for n in (record.documents["run"] or {}).get("notes", [])],
        fronts=fronts(record),
        undecided=undecided(record),
        proofs=proofs(record),
        all_verdicts=all_verdicts(record),
        tally=tally(record.studies),
        labelling=record.documents["labelling_plan"],
        incoming=incoming(record),
        steps=counted,
        adds_up=all(step.adds_up for step in counted),
        reasons=reasons(record),
        streams=streams(record),
        walls=shown,
        sound_shown=any(pair.child.sounds for wall in shown for pair in wall.pairs),
        generations=generations(record),
        hops=measures.hops,
        hop_charts=hop_charts(measures.hops),
        chains=chains(record, descent, measures, opened),
        casts=casts(record, descent, opened),
        timings=timings(record),
        total_seconds=sum(float(r["seconds"] or 0) for r in record.tables["timings"]),
        machine=machine(record),
        models=models(record),
        about=about(record),
    )


def policy(scripts: list[str], css: str) -> str:
    """Return the Content-Security-Policy: nothing but these very scripts and this style, and inlined media."""
    allowed = " ".join(_hash(source) for source in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(css)}; img-src data:; media-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("shisaku.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(
        _=_,
        words=words,
        sign_of=sign,
        decision_of=decision_words,
        gist_of=gist,
        key_of=key_words,
        ceiling_of=ceiling_words,
        method_of=method_words,
        columns_of=_columns,
        count=count,
        duration=duration,
        number=number,
        percent=percent,
        signed=signed,
        tested_of=tested,
    )
    return found


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _asset(folder: str, name: str) -> str:
    return resources.files("shisaku.report").joinpath(folder, name).read_text(encoding="utf-8")


def _trusted(source: str) -> Any:
    from markupsafe import Markup

    return Markup(source)  # noqa: S704 - files of this package, never text of a run
