"""The page of what to buy next: whole in both languages, one file, and no text of a run or a file of offers runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from html_parts import Parts
from test_hostile_text import ATTACKS, assert_harmless

from shisaku.lab.next_data.claim import Gain, Option
from shisaku.lab.next_data.lines import plan_lines
from shisaku.lab.next_data.offer import Money
from shisaku.lab.next_data.plan import NextPlan, Purchase
from shisaku.lab.next_data.probe_value import ProbeValue
from shisaku.report.next_data import KINDS, next_html, write_next_page


def document(name: str = "labels", claim: Any = "BUY", worse: tuple[str, ...] = ("copies",)) -> dict[str, Any]:
    options = (
        Option(name, "labels", 200, 20000.0, Gain(0.037, 0.003, 0.137, 0.95), "helps"),
        Option("repairs", "repairs", 50, 2000.0, Gain(0.001, -0.002, 0.004, 0.95), "not shown"),
        Option("copies", "made", 400, 800.0, Gain(-0.018, -0.097, -0.002, 0.95), "harms"),
        Option("vendor", "source", 10, 900.0, None, "unknown"),
    )
    money = Money(20000, "JPY", 50.0, 10000.0)
    plan = NextPlan(
        claim, name, worse, options, (Purchase(name, 200, 20000.0),), Gain(0.037, 0.003, 0.137, 0.95), money, "mean",
        110, ((20.5, 0.61), (82.5, 0.84)), (Purchase("repairs", 8, 320.0),),
        (ProbeValue("vendor", 8, 720.0, 0.012, 0.001),), ("item 7",), (),
    )  # fmt: skip
    lines = [line.with_text() for line in plan_lines(plan)]
    raw = {**asdict(plan), "options": [{**asdict(one), "per_money": one.per_money} for one in options], "lines": lines}
    return json.loads(json.dumps(raw))


def test_every_figure_is_on_the_page_and_nothing_is_loaded(tmp_path: Path) -> None:
    found = document()
    page = write_next_page(found, tmp_path / "next.html").read_text("utf-8")
    parts = Parts(page)
    for line in found["lines"]:
        assert line["text"] in parts.text
    for option in found["options"]:
        assert option["offer"] in parts.text
        assert str(KINDS[option["kind"]]) in parts.text
    for figure in ("+3.7", "+0.3 … +13.7", "−1.8", "item 7", "20,000"):
        assert figure in parts.text
    assert not [url for url in (*parts.attributes("src"), *parts.attributes("href")) if not url.startswith("#")]
    assert "default-src 'none'" in parts.policy()
    assert page.index("Buy labels first") < page.index("<table")


def test_an_abstention_comes_first_too_and_its_money_holds_no_gain() -> None:
    page = next_html(document(claim="ABSTAIN", worse=()))
    assert page.index("ABSTAIN: 110 items at hand do not tell the offers apart") < page.index("By expectation")
    assert "In money, by your figures: 0 to 68,500 JPY a year" in page
    bought = next_html(document())
    assert "In money, by your figures: 1,500 to 68,500 JPY a year" in bought


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_of_offers_are_text(attack: str) -> None:
    assert_harmless(Parts(next_html(document(name=attack))), Parts(next_html(document())))


def test_without_anything_measured_there_is_still_a_page() -> None:
    found = document(claim="ABSTAIN", worse=())
    found["options"] = [option for option in found["options"] if option["gain"] is None]
    found["buys"] = []
    page = next_html(found)
    assert "vendor" in page
    assert 'id="gains"' not in page
