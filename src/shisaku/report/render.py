"""Write the page of a run: one file, no network, English and Japanese, from what the run folder holds alone."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from shisaku.judging.bundle import FOLDER
from shisaku.report.chains import chains
from shisaku.report.descent import Descent
from shisaku.report.flow import incoming, reasons, steps, streams
from shisaku.report.front import fronts, undecided
from shisaku.report.gallery import walls
from shisaku.report.hops import generations, hop_charts
from shisaku.report.machine import about, machine, models
from shisaku.report.measure.page import PAGE as MEASURED
from shisaku.report.measures import Measures
from shisaku.report.paths import open_streams
from shisaku.report.proof import proofs
from shisaku.report.record import Record, read_record
from shisaku.report.shell import SCRIPTS, asset, environment, policy, trusted
from shisaku.report.speech import casts
from shisaku.report.speed import timings
from shisaku.report.verdicts import all_verdicts, tally
from shisaku.report.words import title_words, words
from shisaku.store.atomic import write_bytes

if TYPE_CHECKING:
    from shisaku.store.run import Run

PAGE = "report.html"


def write_report(run: Run) -> Path:
    """Write ``report.html`` into the run folder and return its path. Raises DataError if a table is damaged."""
    target = run.path / PAGE
    write_bytes(target, page_html(read_record(run)).encode("utf-8", "replace"))
    return target


def page_html(record: Record) -> str:
    """Return the whole page; every text of the run is escaped, and the page's policy lets only our scripts run."""
    scripts = [*(asset("assets", name) for name in SCRIPTS), asset("templates", "page.js")]
    css = asset("templates", "style.css")
    page = environment().get_template("page.html.j2")
    descent, opened, counted = Descent.of(record), open_streams(record), steps(record)
    measures, shown = Measures.of(record, descent), walls(record, descent)
    return page.render(
        record=record,
        version=version("shisaku"),
        policy=policy(scripts, css),
        css=trusted(css),
        scripts=[trusted(s) for s in scripts],
        licences=asset("assets", "THIRD_PARTY.txt"),
        title=title_words(record.title, record.name),
        incomplete=record.incomplete,
        preview=(record.documents["run"] or {}).get("preview"),
        notes=[words(n) for n in (record.documents["run"] or {}).get("notes", [])],
        fronts=fronts(record),
        undecided=undecided(record),
        proofs=proofs(record),
        all_verdicts=all_verdicts(record),
        tally=tally(record.studies),
        measured=(record.run.path / FOLDER / MEASURED).is_file(),
        labelling=record.documents["labelling_plan"],
        incoming=incoming(record),
        steps=counted,
        adds_up=all(step.adds_up for step in counted),
        reasons=reasons(record.tables["drops"]),
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
