"""The same verdicts on a terminal and in a notebook."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console
from study_material import studies, verdicts

from shisaku.report.notebook import notebook_html
from shisaku.report.summary import verdict_table


def result() -> dict[str, Any]:
    """Return a result as the command line's JSON."""
    found = verdicts()
    return {
        "overall": "REJECT",
        "headline": "few-shot: REJECT",
        "headline_message": studies(found)[0]["headline"],
        "verdicts": found,
        "counts": {"records": 9, "made": 24, "dropped": 2},
        "report": "runs/x/report.html",
    }


def printed(lang: str, found: dict[str, Any], *, width: int = 200, money: bool = True) -> str:
    """Return what the terminal shows."""
    console = Console(file=io.StringIO(), width=width)
    console.print(verdict_table(found, lang, money=money))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return str(text)


@pytest.mark.parametrize(("lang", "word"), [("en", "REJECT"), ("ja", "REJECT(不採用)")])
def test_every_verdict_has_its_row_in_the_language_asked_for(lang: str, word: str) -> None:
    text = printed(lang, result())
    assert text.count("composite_tuned") == 3
    assert word in text
    assert "+11.5 [+8.5, +14.5]" in text
    assert ("illustrative" in text) == (lang == "en")


def test_markup_in_a_name_is_shown_not_obeyed() -> None:
    found = result()
    found["verdicts"][0]["arm"] = "[red]arm[/red]"
    assert "[red]arm[/red]" in printed("en", found)


def test_a_result_without_verdicts_can_be_shown() -> None:
    assert "No study" in printed("en", {"overall": None, "headline": "No study: nothing to decide yet"})
    assert "NO DECISION" in notebook_html({"overall": None, "headline": "x"})


def test_notebook_shows_decision_reasons_and_where_the_report_is() -> None:
    text = notebook_html(result(), "ja")
    assert "REJECT(不採用)" in text
    assert "上回り" in text
    assert "runs/x/report.html" in text
    assert "<script" not in text


@pytest.mark.parametrize(("lang", "mark"), [("en", "(illustrative)"), ("ja", "（例示）")])
@pytest.mark.parametrize("illustrative", [True, False])
def test_money_that_nobody_gave_says_so_in_its_own_row(lang: str, mark: str, illustrative: bool) -> None:
    found = result()
    for verdict in found["verdicts"]:
        verdict["money"] = {"low": 1000.0, "high": 2000.0, "currency": "JPY", "illustrative": illustrative}
    assert printed(lang, found).count(mark) == (len(found["verdicts"]) if illustrative else 0)
