"""The page: one file, nothing from outside, both languages, every cell, the decision in words."""

from __future__ import annotations

import re
from pathlib import Path

from html_parts import Parts
from report_material import RECIPE, make_run
from study_material import ARMS, CONTRASTS, DOMAINS, LEVELS

from shisaku.core.verdict import EXPLORATORY
from shisaku.report.descent import Descent
from shisaku.report.front import fronts
from shisaku.report.measures import Measures
from shisaku.report.proof import arm_groups
from shisaku.report.record import read_record
from shisaku.report.render import write_report
from shisaku.store.run import Run

TEN_MB = 10_000_000


def test_page_is_one_file_that_loads_nothing(page: str) -> None:
    parts = Parts(page)
    assert len(page.encode()) < TEN_MB
    assert all(value.startswith("data:") for value in parts.attributes("src"))
    assert all(value.startswith("#") for value in parts.attributes("href"))
    assert not [tag for tag, _ in parts.tags if tag in ("link", "iframe", "object", "embed", "form", "base")]
    assert "@import" not in page
    assert "url(" not in next(re.finditer(r"<style>(.*?)</style>", page, re.S)).group(1)


def test_internal_links_lead_somewhere(page: str) -> None:
    parts = Parts(page)
    ids = parts.attributes("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in parts.attributes("href")} <= set(ids)
    assert set(parts.attributes("aria-labelledby")) <= set(ids)


def test_every_english_text_has_its_japanese_beside_it(page: str) -> None:
    en = re.findall(r'<span class="en" lang="en">', page)
    ja = re.findall(r'<span class="ja" lang="ja">([^<]*)</span>', page)
    assert len(en) == len(ja) > 200
    assert all(text.strip() for text in ja)


def test_first_page_says_decision_meaning_gaps_and_next_steps(page: str) -> None:
    first = page[: page.index('<nav aria-labelledby="contents">')]
    for text in (
        "REJECT(不採用)",
        "What it means",
        "What was not shown",
        "What to do next",
        "simulated",
        "illustrative",
    ):
        assert text in first
    assert "looked at 30 times" in first
    assert "it harms photo" in first
    assert "real + made data; made by image.composite" in first


def test_a_rejection_for_harm_elsewhere_does_not_call_the_place_of_gain_bad(studied: Run) -> None:
    front = fronts(read_record(studied))[0]
    assert front.decision == "REJECT"
    assert not [said for said in front.steps if "Do not train" in said.en]
    assert [place for place, _ in front.money] == ["clutter", "clean", "photo"]


def test_every_cell_is_printed_whatever_its_sign(studied: Run) -> None:
    groups = arm_groups(read_record(studied).studies[0])
    assert {(g.domain, g.shots) for g in groups} == {(d, s) for d in LEVELS for s in (5, 10)}
    assert all([row.arm for row in g.rows] == [a["name"] for a in ARMS] for g in groups)
    judged = [row for g in groups for row in g.rows if row.verdict]
    assert len(judged) == len(CONTRASTS) * len(DOMAINS)
    assert any(row.change.startswith("−") for row in judged)
    assert any(row.change.startswith("+") for row in judged)


def test_plan_hash_looks_alarms_and_counts_are_there(page: str) -> None:
    assert "0123456789abcdef0123456789abcdef" in page
    assert "few_splits" in page
    assert "quality is 0.110, below 0.200" in page
    assert "Apache-2.0" in page
    assert "/home/someone" not in page


def test_counts_that_do_not_add_up_are_said(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    rows = [{"step": "s", "op": "o", "source": "", "made": 3, "kept": 1, "dropped": 1}]
    run.write_rows("counts", rows)
    assert "does not add up" in write_report(run).read_text(encoding="utf-8")


def test_made_samples_stand_beside_their_parents(page: str) -> None:
    assert page.count('<div class="pair') == 3 * 4
    assert page.count("data:image/jpeg;base64,") >= 2 * 3 * 4
    assert "<audio controls" in page
    assert "s00/composite.0" in page


def test_a_run_whose_streams_are_gone_still_has_its_samples(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    (tmp_path / "run" / "streams").rename(tmp_path / "elsewhere")
    text = write_report(run).read_text(encoding="utf-8")
    assert text.count('<div class="pair') == 3 * 4


def test_page_is_the_same_each_time_and_changes_nothing_else(studied: Run, page: str) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in studied.path.iterdir() if p.name != "report.html"}
    assert write_report(studied).read_text(encoding="utf-8") == page
    assert {p.name: p.stat().st_mtime_ns for p in studied.path.iterdir() if p.name != "report.html"} == before


def test_without_labels_the_page_describes_the_data_and_what_to_label(unlabelled: Path) -> None:
    text = unlabelled.read_text(encoding="utf-8")
    assert "判定なし" in text
    assert "What to label first" in text
    assert "Typical of" in text
    assert "CC0-1.0" in text


def test_a_run_that_holds_almost_nothing_still_has_a_page(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run", recipe_text="schema: 1\nname: bare\n", recipe_fingerprint="0" * 32)
    run.finish("partial")
    text = write_report(run).read_text(encoding="utf-8")
    assert "This run is not complete (partial)" in text
    assert "This run compared nothing" in text


def test_exploratory_and_open_ended_intervals_are_marked(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    decided = run.read_json("verdict")
    decided["verdicts"][0].update(exploratory=True, interval=[None, None], effect=0.1, ceiling=EXPLORATORY)
    run.write_json("verdict", decided)
    text = write_report(run).read_text(encoding="utf-8")
    assert "composite (exploratory)" in text
    assert "−100.0 to +100.0 points" in text


def test_scores_are_told_by_the_stream_that_was_measured(studied: Run) -> None:
    record = read_record(studied)
    found = [(h.step, h.stream, h.depth, h.n) for h in Measures.of(record, Descent.of(record)).hops]
    assert ("quality", "data", 0, 8) in found
    assert ("quality", "speak", 2, 8) in found
    assert ("meaning", "captioned", 1, 8) in found


def test_a_preview_says_that_it_decides_nothing(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    run.write_json("run", {"preview": 4})
    assert "decide nothing by it" in write_report(run).read_text(encoding="utf-8")


def test_a_page_written_as_the_last_act_of_a_run_is_not_called_incomplete(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    again = Run.create(run.path, recipe_text=RECIPE, recipe_fingerprint="f" * 32)
    assert again.state == "running"
    assert "not complete" not in write_report(again).read_text(encoding="utf-8")
    again.release()
