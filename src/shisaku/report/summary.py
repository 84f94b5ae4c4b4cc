"""The verdicts of a run as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shisaku.report.decision import decision_words, sign
from shisaku.report.numbers import money_range, signed
from shisaku.report.translate import known
from shisaku.report.words import Words, _, same, words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from shisaku.report.record import Row

STYLES = {"ADOPT": "bold blue", "REJECT": "bold red", "ABSTAIN": "bold"}


def verdict_table(result: Mapping[str, Any], lang: str) -> RenderableType:
    """Return the headline and one row per verdict of a result (its ``--json`` form), in `lang`."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    tongue = known(lang)

    def told(piece: Words) -> str:
        return piece.say(tongue)

    table = Table(show_edge=False, pad_edge=False)
    for title, kind in _columns():
        table.add_column(told(title), justify="right" if kind == "number" else "left", overflow="fold")
    for verdict in result.get("verdicts", []):
        low, high = verdict["interval"]
        effect = f"{_points(verdict['effect'])} [{_points(low)}, {_points(high)}]"
        money = money_range(verdict.get("money"))
        place = _("{domain} (simulated)", domain=str(verdict["domain"])) if verdict.get("simulated") else None
        arm = _("{arm} (exploratory)", arm=str(verdict["arm"])) if verdict.get("exploratory") else None
        table.add_row(
            Text(told(place) if place else str(verdict["domain"])),
            Text(told(arm) if arm else str(verdict["arm"])),
            str(verdict.get("detail", {}).get("shots") or told(_("all"))),
            _badge(str(verdict["decision"]), told),
            effect,
            f"{verdict['n']} × {verdict['seeds']}",
            Text(told(money) if money else "–"),
        )
    overall = _badge(str(result.get("overall") or ""), told)
    return Group(overall, Text(told(first_line(result))), Text(""), table, Text(told(reading(result)), style="dim"))


def first_line(result: Mapping[str, Any]) -> Words:
    """Return the headline of a result in both languages where it still has its template, else as it is."""
    message = result.get("headline_message")
    return words(message) if isinstance(message, Mapping) else same(result.get("headline", ""))


def reading(result: Mapping[str, Any]) -> Words:
    """Return how the table is to be read, and that money is illustrative where it is."""
    about = _("Change in points against the comparator, with the interval that decides; money is a yearly range.")
    if any((v.get("money") or {}).get("illustrative") for v in result.get("verdicts", [])):
        note = _("Money is illustrative: the costs are not yours")
        return Words(f"{about.en}\n{note.en}", f"{about.ja}\n{note.ja}")
    return about


def _columns() -> list[tuple[Words, str]]:
    return [
        (_("Place of use"), ""),
        (_("Arm"), ""),
        (_("Shots"), "number"),
        (_("Decision there"), ""),
        (_("Change"), "number"),
        (_("n × splits"), "number"),
        (_("In money"), ""),
    ]


def _badge(decision: str, told: Any) -> Text:
    from rich.text import Text

    return Text(f"{sign(decision)} {told(decision_words(decision))}", style=STYLES.get(decision, ""))


def _points(value: Any) -> str:
    return "–" if value is None else signed(float(value))


def reason_of(verdict: Row) -> Words:
    """Return why a verdict was given."""
    message = verdict.get("reason_message")
    return words(message) if isinstance(message, Mapping) else same(verdict.get("reason", ""))
