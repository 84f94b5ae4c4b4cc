"""Licence and consent per sample: unknown is deny."""

from __future__ import annotations

import pytest

from shisaku.atlas.licences import terms_of
from shisaku.core.sample import Sample
from shisaku.ops.dataset.licence_clash import clash
from shisaku.ops.dataset.rights import Rights


def judged(sample: Sample, use: str = "commercial") -> tuple[bool | None, float]:
    op = Rights(use=use)  # type: ignore[arg-type]
    (score,) = op.scores(op.measure([sample]))
    return score.issue, score.value


@pytest.mark.parametrize(
    ("licence", "commercial", "research"),
    [
        ("CC0-1.0", 1.0, 1.0),
        ("own", 1.0, 1.0),
        ("CC-BY-4.0", 1.0, 1.0),
        ("CC-BY-SA-4.0", 0.75, 0.75),
        ("CC-BY-NC-4.0", 0.0, 0.75),
        ("research-only", 0.0, 0.75),
        ("unknown", 0.0, 0.0),
        ("", 0.0, 0.0),
        ("my own words", 0.0, 0.0),
    ],
)
def test_the_licence_decides_about_the_use(licence: str, commercial: float, research: float) -> None:
    sample = Sample("s", licence=licence)
    assert judged(sample) == (commercial == 0.0, commercial)
    assert judged(sample, "research") == (research == 0.0, research)


@pytest.mark.parametrize(
    ("consent", "facts", "issue"),
    [
        ("unknown", {}, False),
        ("unknown", {"speaker_id": "7"}, True),
        ("unknown", {"speaker_id": ""}, False),
        ("yes", {"speaker_id": "7"}, False),
        ("同意済み", {"話者": "7"}, False),
        ("perhaps", {"age": "7"}, True),
        ("withdrawn", {}, True),
        ("撤回", {}, True),
        ("unknown", {"image_size": "7", "language": "en", "stage": "2"}, False),
    ],
)
def test_consent_is_needed_where_fields_tell_of_a_person(consent: str, facts: dict[str, str], issue: bool) -> None:
    assert judged(Sample("s", licence="own", consent=consent, facts=facts))[0] is issue


def test_people_can_be_left_to_others() -> None:
    op = Rights(people=False)
    state = op.measure([Sample("s", licence="own", facts={"speaker": "7"})])
    assert not op.scores(state)[0].issue
    assert [found.name for found in op.findings(state)] == ["licences"]


def test_an_unknown_use_is_refused() -> None:
    with pytest.raises(ValueError, match="use must be one of"):
        Rights(use="fun")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "clashes"),
    [
        ("CC-BY-4.0", "MIT", False),
        ("CC-BY-SA-4.0", "CC-BY-NC-4.0", True),
        ("CC-BY-SA-4.0", "CC-BY-SA-3.0", False),
        ("CC-BY-SA-4.0", "GPL-3.0", True),
        ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", True),
        ("CC-BY-NC-SA-4.0", "CC-BY-NC-4.0", False),
        ("CC-BY-ND-4.0", "CC0-1.0", True),
    ],
)
def test_licences_that_do_not_go_together(one: str, other: str, clashes: bool) -> None:
    assert (clash(terms_of(one), terms_of(other)) is not None) is clashes
    assert (clash(terms_of(other), terms_of(one)) is not None) is clashes


def test_findings_count_by_licence_and_consent() -> None:
    licences = ["CC-BY-SA-4.0"] * 3 + ["CC-BY-NC-4.0"] * 2 + ["unknown"]
    samples = [Sample(f"s{i}", licence=licence) for i, licence in enumerate(licences)]
    samples += [Sample("p", licence="own", facts={"patient": "1"}), Sample("q", licence="own", consent="refused")]
    op = Rights()
    found = {one.name: one for one in op.findings(op.measure(samples))}
    assert set(found) == {"licences", "consent_refused", "consent_missing", "licence_clash"}
    assert (found["licences"].weight, found["licences"].samples) == ("bad", ("s3", "s4", "s5"))
    rows = {row["licence"]: (row["samples"], row["allowed"]) for row in found["licences"].table}
    assert rows["CC-BY-SA-4.0"] == (3, True)
    assert rows["unknown"] == (1, False)
    assert found["consent_refused"].samples == ("q",)
    assert found["consent_missing"].samples == ("p",)
