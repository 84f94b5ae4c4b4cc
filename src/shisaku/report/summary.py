"""The verdicts of a run as a table for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from shisaku.report.decision import decision_words, sign
from shisaku.report.numbers import money_span, signed
from shisaku.report.translate import known
from shisaku.report.words import Words, _, same, words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from shisaku.report.record import Row

SIMULATED, EXPLORATORY = "°", "*"
STYLES = {"ADOPT": "bold blue", "REJECT": "bold red", "ABSTAIN": "bold"}


def verdict_table(result: Mapping[str, Any], lang: str, *, money: bool = True) -> RenderableType:
    """Return the headline and one row per verdict of a result (its ``--json`` form), in `lang`.

    Where it has several studies each has a line of its own above its rows. Without `money` it fits 80 columns.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    tongue = known(lang)

    def told(piece: Words) -> str:
        return piece.say(tongue)

    verdicts = result.get("verdicts", [])
    names = list(dict.fromkeys(str(v.get("study") or "") for v in verdicts))
    decided = {str(study["name"]): str(study["overall"]) for study in result.get("studies", [])}
    table = Table(show_edge=False, pad_edge=False)
    columns = _columns(several=len(names) > 1)
    columns = columns if money else columns[:-1]
    for title, justify, whole in columns:
        table.add_column(told(title), justify=justify, no_wrap=whole, overflow="fold")
    for name in names:
        if len(names) > 1:
            badge = _badge(decided[name], told) if name in decided else ""
            table.add_section()
            table.add_row("", Text(name, style="bold"), "", badge)
        for verdict in verdicts:
            if str(verdict.get("study") or "") == name:
                table.add_row(*_cells(verdict, told)[: len(columns)])
    overall = _badge(str(result.get("overall") or ""), told)
    notes = Text("\n".join(told(note) for note in reading(result)), style="dim")
    return Group(overall, Text(told(first_line(result))), Text(""), table, notes)


def _cells(verdict: Row, told: Callable[[Words], str]) -> list[RenderableType]:
    from rich.text import Text

    low, high = verdict["interval"]
    return [
        Text(f"{verdict['domain']}{SIMULATED if verdict.get('simulated') else ''}"),
        Text(f"{verdict['arm']}{EXPLORATORY if verdict.get('exploratory') else ''}"),
        str((verdict.get("detail") or {}).get("shots") or told(_("all"))),
        _badge(str(verdict["decision"]), told),
        f"{_points(verdict['effect'])} [{_points(low)}, {_points(high)}]",
        f"{verdict['n']} × {verdict['seeds']}",
        Text(_money(verdict.get("money"), told)),
    ]


def _money(money: Row | None, told: Callable[[Words], str]) -> str:
    span = money_span(money)
    if not span:
        return "–"
    return told(_("{span} (illustrative)", span=told(span))) if money and money.get("illustrative") else told(span)


def first_line(result: Mapping[str, Any]) -> Words:
    """Return the headline of a result in both languages where it still has its template, else as it is."""
    message = result.get("headline_message")
    return words(message) if isinstance(message, Mapping) else same(result.get("headline", ""))


def reading(result: Mapping[str, Any]) -> list[Words]:
    """Return how the table is to be read: its marks, and that money is illustrative where it is."""
    verdicts = result.get("verdicts", [])
    notes = [_("Change in points against the comparator, with the interval that decides; money is a yearly range.")]
    if any(v.get("simulated") for v in verdicts):
        notes.append(_("{mark} simulated: no real material from that place was tested", mark=SIMULATED))
    if any(v.get("exploratory") for v in verdicts):
        notes.append(_("{mark} exploratory: the plan was too small to confirm what it asks", mark=EXPLORATORY))
    if any((v.get("money") or {}).get("illustrative") for v in verdicts):
        notes.append(_("Money is illustrative: the costs are not yours"))
    return notes


def _columns(*, several: bool) -> list[tuple[Words, Literal["left", "right"], bool]]:
    return [
        (_("Place of use"), "left", False),
        (_("Study, arm") if several else _("Arm"), "left", True),
        (_("Shots"), "right", True),
        (_("Decision"), "left", True),
        (_("Change"), "right", True),
        (_("n × splits"), "right", True),
        (_("In money"), "right", False),
    ]


def _badge(decision: str, told: Callable[[Words], str]) -> Text:
    from rich.text import Text

    return Text(f"{sign(decision)} {told(decision_words(decision))}", style=STYLES.get(decision, ""))


def _points(value: Any) -> str:
    return "–" if value is None else signed(float(value))


def reason_of(verdict: Row) -> Words:
    """Return why a verdict was given."""
    message = verdict.get("reason_message")
    return words(message) if isinstance(message, Mapping) else same(verdict.get("reason", ""))
