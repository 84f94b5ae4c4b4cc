"""Five studies in one run: the first decides the first page, the others have a line there and their own part below."""

from __future__ import annotations

import re
from typing import Any

import pytest
from html_parts import Parts
from study_material import OVERALL, SEVERAL, several_studies
from test_summary import printed

from shisaku.report.front import fronts
from shisaku.report.notebook import notebook_html
from shisaku.report.proof import arm_groups
from shisaku.report.record import Record, read_record
from shisaku.store.run import Run


@pytest.fixture(scope="module")
def record(several: Run) -> Record:
    """Return a run with five studies as it is read."""
    return read_record(several)


def first_page(several_page: str) -> str:
    return several_page[: several_page.index('<nav aria-labelledby="contents">')]


def test_the_first_page_says_the_first_decision_and_one_line_for_each_other_study(several_page: str) -> None:
    first = first_page(several_page)
    assert first.count("What it means") == 1
    assert "the decision of the first study, “few-shot”" in first
    lines = re.findall(r"<li><a href=\"#proof-(\d)\">([^<]+)</a>(.*?)</li>", first)
    assert [(int(nth), name) for nth, name, _ in lines] == list(enumerate(SEVERAL))[1:]
    for (_, _, line), decision in zip(lines, OVERALL[1:], strict=True):
        assert f"{decision}(" in line
        assert "“composite” for “clutter”: +11.5 points (+8.5 to +14.5 points)" in line
    assert [("exploratory" in line) for *_, line in lines] == [False, False, False, True]


def test_every_other_study_says_below_what_it_means_and_what_to_do(several_page: str) -> None:
    below = several_page[len(first_page(several_page)) :]
    assert below.count("What it means") == 4
    assert below.count("What to do next") == 4
    parts = Parts(several_page)
    ids = parts.attributes("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in parts.attributes("href")} <= set(ids)


def test_one_table_holds_every_verdict_whatever_its_sign(several_page: str, record: Record) -> None:
    table = several_page[several_page.index('<section id="verdicts"') :]
    table = table[: table.index("</section>")]
    rows = re.findall(r'<tr><td class="name">([^<]+)</td>', table)
    assert [rows.count(name) for name in SEVERAL] == [len(study.verdicts) for study in record.studies] == [9] * 5
    assert "ADOPT: 10, REJECT: 25, ABSTAIN: 10." in table
    assert table.count(">−16.0<") == table.count(">+11.5<") == 5
    assert table.count(">exploratory<") == 9


def test_a_run_with_one_study_has_no_second_table(page: str) -> None:
    assert 'id="verdicts"' not in page
    assert "The other studies" not in page


def test_a_contrast_that_the_plan_set_against_an_arm_is_not_called_one_without_made_data(record: Record) -> None:
    few_shot, gate, *_ = fronts(record)
    assert "strongest way without made data" in str(few_shot.meaning[0])
    assert "the arm that the plan set it against" in str(gate.meaning[0])


def test_arms_of_each_kind_of_study_are_named_for_what_they_are(record: Record) -> None:
    ideas = {study.name: {r.arm: str(r.idea) for r in arm_groups(study)[0].rows} for study in record.studies}
    assert ideas["few-shot"]["composite"] == "real + made data"
    assert ideas["spoken"]["composite"] == "made data alone"
    planted = "only 5 values of “voice”, drawn anew in every split; 20\u00a0% of it with a wrong label, planted"
    assert ideas["gate"]["composite"] == f"real + made data; {planted}"
    assert ideas["gate"]["restyled"] == "the one of these that is best on validation: real"


def test_a_point_of_a_retrieval_is_an_item_found(record: Record) -> None:
    points = {front.name: str(front.point) for front in fronts(record)}
    assert "among the 10 nearest" in points["retrieval"]
    assert "every class counting the same" in points["few-shot"]


def result(studies: bool) -> dict[str, Any]:
    told, found, _ = several_studies()
    plain = {"overall": "REJECT", "headline_message": told[0]["headline"], "verdicts": found}
    return {**plain, "studies": told} if studies else plain


def test_the_terminal_has_a_line_for_each_study_above_its_rows() -> None:
    lines = printed("en", result(studies=True)).splitlines()
    heads = [line for line in lines if any(re.search(rf"│ {name} +│", line) for name in SEVERAL)]
    assert [next(word for word in OVERALL if word in line) for line in heads] == list(OVERALL)
    assert printed("en", result(studies=False)).count("composite_tuned") == 15
    assert max(map(len, printed("en", result(studies=False), width=80, money=False).splitlines())) <= 80


def test_the_notebook_names_the_study_of_each_row() -> None:
    text = notebook_html(result(studies=False))
    assert [text.count(f">{name}</td>") for name in SEVERAL] == [9] * 5


def test_pages_of_several_studies_are_said_in_japanese_too(several_page: str) -> None:
    en = re.findall(r'<span class="en" lang="en">', several_page)
    ja = re.findall(r'<span class="ja" lang="ja">([^<]*)</span>', several_page)
    assert len(en) == len(ja) > 400
    assert all(text.strip() for text in ja)
