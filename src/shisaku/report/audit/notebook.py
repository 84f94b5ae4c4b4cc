"""An audit as a small fragment for notebooks: escaped, without scripts, in one language."""

from __future__ import annotations

import os

from markupsafe import Markup

from shisaku.auditing.found import Found
from shisaku.report.audit.names import detector_words
from shisaku.report.notebook import VARIABLE
from shisaku.report.numbers import count
from shisaku.report.translate import known
from shisaku.report.words import _, words

SHELL = Markup(
    '<div style="font-family: system-ui, sans-serif; max-width: 56rem"><p><strong>{headline}</strong></p>'
    "<ol>{problems}</ol><p>{page} <code>{path}</code></p></div>"
)
PROBLEM = Markup("<li><strong>{name}</strong>: {what}</li>")


def audit_fragment(found: Found, dropped: int, page: str, lang: str = "") -> str:
    """Return the headline and the worst problems as HTML; `lang` defaults to ``SHISAKU_LANG``, else English."""
    tongue = known(lang or os.environ.get(VARIABLE, "")[:2].lower())
    headline = _(
        "{flagged} of {n} samples have at least one issue; {dropped} records could not be read.",
        flagged=count(len(found.flagged)),
        n=count(found.of),
        dropped=count(dropped),
    )
    problems = [
        PROBLEM.format(name=detector_words(name).say(tongue), what=words(what).say(tongue))
        for name, what in found.worst()
    ]
    return str(
        SHELL.format(
            headline=headline.say(tongue),
            problems=Markup("").join(problems),
            page=_("The whole report:").say(tongue),
            path=page,
        )
    )
