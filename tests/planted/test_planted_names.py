"""Every planted fault names an op that there is, once for each source, and every judge has faults to find."""

from __future__ import annotations

from collections import Counter

from planted.__main__ import faults
from planted.hop import DRIFT
from planted.judged import is_judged
from planted.measure import op_of

from shisaku.judging.judge import judges
from shisaku.registry.doors import OPS, names


def test_a_fault_names_an_op_that_there_is() -> None:
    assert {op_of(fault) for fault in faults()} <= {*names(OPS), DRIFT}


def test_a_fault_is_planted_once_into_a_source_for_an_op() -> None:
    counts = Counter((fault.name, op_of(fault), fault.source) for fault in faults())
    assert not [key for key, n in counts.items() if n > 1]


def test_a_fault_has_five_strengths_or_more() -> None:
    assert not [fault.name for fault in faults() if len(fault.strengths) < 5]


def test_every_judge_has_faults_to_find() -> None:
    planted = {op_of(fault) for fault in faults() if is_judged(fault)}
    assert {one.op for one in judges(names(OPS))[0] if not one.view} <= planted


def test_what_an_audit_asks_across_splits_is_not_for_judges() -> None:
    asked = {fault.name for fault in faults() if is_judged(fault)}
    assert "leaked_jpeg" not in asked
    assert {"against_jpeg", "jpeg_copy"} <= asked
