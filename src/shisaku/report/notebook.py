"""A result as a small fragment for notebooks: escaped, without scripts, in one language."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from shisaku.report.decision import COLOURS, decision_words, sign
from shisaku.report.numbers import count, signed
from shisaku.report.summary import first_line, reason_of
from shisaku.report.translate import Language, known
from shisaku.report.words import Words, _

VARIABLE = "SHISAKU_LANG"  # the environment variable that the command line reads too
SHELL = Markup(
    '<div style="font-family: system-ui, sans-serif; max-width: 56rem">'
    '<p><strong style="color: {colour}; font-size: 1.2em">{decision}</strong><br>{headline}</p>{table}'
    "<p>{counts}<br>{page} <code>{path}</code></p></div>"
)
ROW = Markup(
    '<tr>{study}<th scope="row" style="text-align: left">{domain}</th><td style="text-align: left">{arm}</td>'
    '<td style="color: {colour}; font-weight: bold">{decision}</td><td>{change}</td>'
    '<td style="text-align: left">{reason}</td></tr>'
)
TABLE = Markup("<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
STUDY = Markup('<td style="text-align: left">{}</td>')
HEAD = Markup('<th scope="col" style="text-align: left">{}</th>')


def notebook_html(result: Mapping[str, Any], lang: str = "") -> str:
    """Return a result (its ``--json`` form) as HTML; `lang` defaults to ``SHISAKU_LANG``, else English."""
    tongue = known(lang or os.environ.get(VARIABLE, "")[:2].lower())
    overall = str(result.get("overall") or "")
    verdicts = list(result.get("verdicts", []))
    page = _("The whole report:").say(tongue)
    return str(
        SHELL.format(
            colour=COLOURS.get(overall, "inherit"),
            decision=f"{sign(overall)} {decision_words(overall).say(tongue)}",
            headline=first_line(result).say(tongue),
            table=_table(verdicts, tongue) if verdicts else "",
            counts=_counts(result.get("counts", {})).say(tongue),
            page=page,
            path=result.get("report", ""),
        )
    )


def _table(verdicts: list[Mapping[str, Any]], tongue: Language) -> Markup:
    several = len({str(v.get("study") or "") for v in verdicts}) > 1
    titles = [_("Place of use"), _("Arm"), _("Decision there"), _("Change"), _("Reason")]
    head = Markup("").join(HEAD.format(title.say(tongue)) for title in [_("Study"), *titles][0 if several else 1 :])
    rows = Markup("").join(_row(v, tongue, several) for v in verdicts)
    return TABLE.format(head=head, rows=rows)


def _row(verdict: Mapping[str, Any], tongue: Language, several: bool) -> Markup:
    decision = str(verdict["decision"])
    low, high = (signed(end) if end is not None else "–" for end in verdict["interval"])
    return ROW.format(
        study=STUDY.format(verdict.get("study") or "") if several else "",
        domain=verdict["domain"],
        arm=verdict["arm"],
        colour=COLOURS.get(decision, "inherit"),
        decision=f"{sign(decision)} {decision_words(decision).say(tongue)}",
        change=f"{signed(verdict['effect'])} [{low}, {high}]",
        reason=reason_of(verdict).say(tongue),
    )


def _counts(counts: Mapping[str, Any]) -> Words:
    read, made, dropped = (count(float(counts.get(name, 0))) for name in ("records", "made", "dropped"))
    return _(
        "{read} records read, {made} samples made, {dropped} dropped with a reason.",
        read=read,
        made=made,
        dropped=dropped,
    )
