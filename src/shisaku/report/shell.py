"""What every page is put together with: templates and their words, our scripts, the policy that runs only those."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any

from shisaku.report.advice import ceiling_words
from shisaku.report.decision import decision_words, gist, sign
from shisaku.report.intervals import method_words
from shisaku.report.labels import key_words
from shisaku.report.numbers import count, duration, number, percent, signed
from shisaku.report.verdicts import tested
from shisaku.report.words import _, words

if TYPE_CHECKING:
    from jinja2 import Environment


SCRIPTS = ("vega.min.js", "vega-lite.min.js", "vega-embed.min.js")


def policy(scripts: list[str], css: str) -> str:
    """Return the Content-Security-Policy: nothing but these very scripts and this style, and inlined media."""
    allowed = " ".join(_hash(source) for source in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(css)}; img-src data:; media-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def environment() -> Environment:
    """Return Jinja with everything that templates call; what is not marked as ours is escaped."""
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


def asset(folder: str, name: str) -> str:
    """Return a file of this package."""
    return resources.files("shisaku.report").joinpath(folder, name).read_text(encoding="utf-8")


def trusted(source: str) -> Any:
    """Mark text as ours, so that it is not escaped: files of this package, never text of a run."""
    from markupsafe import Markup

    return Markup(source)  # noqa: S704
