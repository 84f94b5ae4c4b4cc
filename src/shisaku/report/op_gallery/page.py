"""Write the gallery of ops: one file, no network, English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from shisaku.report.numbers import count
from shisaku.report.op_gallery.exhibit import Exhibit, Take
from shisaku.report.op_gallery.faces import Pair, pairs_of
from shisaku.report.shell import asset, environment, policy, trusted
from shisaku.report.words import Words, _, words
from shisaku.store.atomic import write_bytes

VALUE_CHARS = 60


@dataclass(frozen=True, slots=True)
class ShownTake:
    """A take as the page shows it; `facts` are what the op said about it."""

    sample: str
    pairs: Sequence[Pair]
    facts: Mapping[str, str]
    why: Words | None


@dataclass(frozen=True, slots=True)
class ShownOp:
    """An exhibit as the page shows it."""

    name: str
    what: str
    params: Mapping[str, str]
    takes: Sequence[ShownTake]
    why: Words | None


def write_gallery(path: Path, exhibits: Sequence[Exhibit]) -> None:
    """Write the page of these exhibits. Raises MachineError if that fails."""
    write_bytes(path, gallery_html(exhibits).encode("utf-8", "replace"))


def gallery_html(exhibits: Sequence[Exhibit]) -> str:
    """Return the page; every text of a sample is escaped, and the page's policy lets only our script run."""
    scripts = [asset("templates", "page.js")]
    css = asset("templates", "style.css") + asset("templates", "op_gallery.css")
    shown = [one for one in exhibits if not one.why]
    absent = [_shown(one) for one in exhibits if one.why]
    shelves = [
        (shelf, [_shown(one) for one in some])
        for shelf, some in groupby(sorted(shown, key=lambda one: one.op), key=lambda one: one.shelf)
    ]
    return (
        environment()
        .get_template("op_gallery.html.j2")
        .render(
            version=version("shisaku"),
            policy=policy(scripts, css),
            css=trusted(css),
            scripts=[trusted(script) for script in scripts],
            title=_("What every op makes of a sample"),
            headline=_(
                "{n} ops are shown on real samples, {absent} are not.", n=count(len(shown)), absent=count(len(absent))
            ),
            shelves=shelves,
            absent=absent,
        )
    )


def _shown(one: Exhibit) -> ShownOp:
    params = {name: _value(value) for name, value in one.params.items()}
    takes = [_take(take, one.touches) for take in one.takes]
    return ShownOp(one.op, one.what, params, takes, words(one.why) if one.why else None)


def _take(take: Take, touches: Sequence[str]) -> ShownTake:
    after = take.after
    known = take.before.facts
    told = {name: value[:200] for name, value in after.facts.items() if known.get(name) != value} if after else {}
    return ShownTake(take.before.id, pairs_of(take.before, after, touches), told, words(take.why) if take.why else None)


def _value(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= VALUE_CHARS else text[:VALUE_CHARS] + " ..."
