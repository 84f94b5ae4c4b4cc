"""Several annotators: agreement, consensus, and who stands apart."""

from __future__ import annotations

import numpy as np
import pytest
from ops_material import clustered, vector_part

from shisaku.auditing.detector import detectors
from shisaku.auditing.plan import Contents, audit_recipe
from shisaku.core.annotators import annotated, answers_of, label_of, without_annotators
from shisaku.core.recipe import Source
from shisaku.core.sample import Sample
from shisaku.ops.dataset.agreement import Agreement
from shisaku.ops.dataset.annotator_quality import AnnotatorQuality

PEOPLE = ("anna", "bert", "carla", "dai")


def said(name: str, *answers: str, features: np.ndarray | None = None, **labels: str) -> Sample:
    given = {f"class/{who}": answer for who, answer in zip(PEOPLE, answers, strict=False) if answer != "."}
    parts = {} if features is None else {"features": vector_part(features)}
    return Sample(name, parts, {**given, **labels})


def test_names_of_labels() -> None:
    names = {"class/anna", "class/bert", "site", "path/to"}
    assert annotated(names) == ("class",)
    assert without_annotators(names) == ("class", "path/to", "site")
    one = said("x", "a", "b", "b")
    assert answers_of(one.labels, "class") == {"anna": "a", "bert": "b", "carla": "b"}
    assert label_of(one.labels, "class") == "b"
    assert label_of(said("x", "a", "b").labels, "class") == ""
    assert label_of({**one.labels, "class": "a"}, "class") == "a"


def test_the_published_example_through_the_op() -> None:
    rows = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
    columns = zip(*(row.split() for row in rows), strict=True)
    samples = [said(f"s{i:02d}", *column) for i, column in enumerate(columns)]
    for scale, alpha, weight in (("nominal", 0.743, "warn"), ("ordinal", 0.815, "note"), ("interval", 0.849, "note")):
        op = Agreement(scale=scale)  # type: ignore[arg-type]
        finding = op.findings(op.measure(samples))[0]
        assert finding.value == pytest.approx(alpha, abs=5e-4)
        assert finding.weight == weight
        assert finding.n == 11
    scores = {score.sample: score for score in Agreement().scores(Agreement().measure(samples))}
    assert "s11" not in scores  # one answer
    assert scores["s05"].raw == 0.0  # 1, 2, 3, 4
    assert scores["s05"].issue
    assert not scores["s00"].issue


def test_words_on_an_ordinal_scale_and_answers_that_are_not_on_it() -> None:
    op = Agreement(scale="ordinal", order=("bad", "fair", "good"))
    samples = [said(f"s{i}", *answers) for i, answers in enumerate([("bad", "bad"), ("good", "fair"), ("good", "?")])]
    assert "1 answers are not on the scale" in str(op.findings(op.measure(samples))[0].what)
    interval = Agreement(scale="interval")
    assert interval.findings(interval.measure(samples))[0].value is None


def test_equal_answers_are_undefined_and_not_full_agreement() -> None:
    op = Agreement()
    (finding,) = op.findings(op.measure([said(f"s{i}", "a", "a") for i in range(9)]))
    assert finding.value is None
    assert "undefined" in str(finding.what)


def test_who_stands_apart_is_named() -> None:
    rng = np.random.default_rng(0)
    samples = []
    for i in range(100):
        truth = str(rng.integers(0, 3))
        careless = str(rng.integers(0, 3)) if i % 2 else truth
        samples.append(said(f"s{i:02d}", careless, truth, truth, truth))
    op = Agreement()
    state = op.measure(samples)
    assert [finding.name for finding in op.findings(state)] == ["agreement", "annotator"]
    assert "anna" in str(op.findings(state)[1].what)


def consensus_material() -> list[Sample]:
    """Bert errs in every third sample; of two who both err in s000, the model knows better."""
    samples = []
    for i in range(90):
        truth, other = f"c{i % 3}", f"c{(i + 1) % 3}"
        answers = (truth, other if i % 3 == 0 else truth, truth)
        samples.append(said(f"s{i:03d}", *answers, features=clustered(i % 3, i)))
    samples[10] = said("s010", "c1", "c1", "c1", features=clustered(1, 10), **{"class": "c2"})
    return samples


def test_consensus_by_annotators_and_a_model() -> None:
    op = AnnotatorQuality()
    state = op.measure(consensus_material())
    scores = {score.sample: score for score in op.scores(state)}
    assert len(scores) == 90
    assert [name for name, score in scores.items() if score.issue] == ["s010"]
    reason = scores["s010"].reason
    assert reason is not None
    assert (reason.values["given"], reason.values["suggested"]) == ("c2", "c1")
    (finding,) = op.findings(state)
    assert finding.table[0]["annotator"] == "bert"
    assert finding.weight == "warn"


@pytest.mark.parametrize("op", [Agreement(), AnnotatorQuality()])
def test_no_annotators_and_too_few_are_no_crash(op: Agreement | AnnotatorQuality) -> None:
    for samples in (
        [],
        [Sample("s", {}, {"class": "a"})],
        [said("s", "a", "b", features=clustered(0, 0))],
        [said(f"s{i}", "a", features=clustered(0, i)) for i in range(9)],
        [said(f"s{i}", "abc"[i % 3], features=clustered(i % 3, i)) for i in range(30)],
    ):
        state = op.measure(samples)
        op.scores(state)
        op.findings(state)


def test_the_audit_asks_only_where_there_are_annotators() -> None:
    wanted = [one for one in detectors() if one.op == "dataset.agreement"]
    for names, steps in (({"class": "a"}, []), ({"class/anna": "a", "class/bert": "b"}, ["agreement"])):
        contents = Contents.of([Sample("s", {}, names)])
        assert contents.labels == ("class",)
        recipe = audit_recipe("x", Source("folder", {"path": "p"}), wanted, contents)
        assert [step.name for step in recipe.steps] == steps
        assert all(step.params["label"] == "class" for step in recipe.steps)
