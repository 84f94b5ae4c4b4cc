"""Speakers of a fixed test set: counted before the plan, the unit where there are enough, said where there are not."""

from __future__ import annotations

import numpy as np
import pytest
from test_lab_made_only import WORDS, spec, spoken

from shisaku.core.domain import Domain, Speakers
from shisaku.errors import DataError
from shisaku.lab.prove import prove
from shisaku.lab.speakers import by_speaker, clustered


def voices(speakers: int, each: int, spread: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centre = rng.normal(size=(speakers, 64))
    rows = np.repeat(centre / np.linalg.norm(centre, axis=1, keepdims=True), each, axis=0)
    return rows + rng.normal(0, spread / 8, rows.shape)


@pytest.mark.parametrize("speakers", [1, 2, 7])
def test_planted_speakers_are_told_apart(speakers: int) -> None:
    codes = clustered(voices(speakers, 8, 0.4), near=0.65)
    assert len(set(codes)) == speakers
    assert all(len(set(codes[i : i + 8])) == 1 for i in range(0, 8 * speakers, 8))


def test_detection_limit_speakers_nearer_than_the_threshold_count_as_one() -> None:
    """Two voices whose embeddings have a cosine above `near` cannot be told apart: the stated limit."""
    base = voices(1, 10, 0.2)
    near = base + 0.3 * voices(1, 10, 0.0, seed=5)
    cosine = float(np.mean([a @ b / np.linalg.norm(a) / np.linalg.norm(b) for a, b in zip(base, near, strict=True)]))
    assert cosine > 0.9
    assert len(set(clustered(np.concatenate([base, near]), near=0.65))) == 1


def test_the_unit_is_the_speaker_from_six_on() -> None:
    items = spoken().streams["test"]
    for speakers, unit in ((2, "item"), (6, "speaker")):
        rows = voices(speakers, len(items) // speakers, 0.2)
        known, told = by_speaker(items, dict(zip(items.ids, rows, strict=True)), Speakers("voice"), "here")
        assert told["unit"] == unit
        assert told["speakers"] == speakers
        assert len(set(known.groups)) == (len(items) if unit == "item" else speakers)


def test_an_item_without_a_voice_is_an_error_with_its_name() -> None:
    items = spoken().streams["test"]
    with pytest.raises(DataError, match=items.ids[0]):
        by_speaker(items, {}, Speakers("voice"), "here")


def test_a_claim_over_few_speakers_says_so_in_every_verdict_and_in_the_first_line() -> None:
    data = spoken()
    domain = Domain("human", "external", stream="test", validate="dev", speakers=Speakers("voice"))
    told = {"speakers": 1, "sizes": [2 * WORDS], "unit": "item", "least": 6, "near": 0.65}
    data.notes["speakers"] = {"test": told}  # type: ignore[index]
    result = prove(spec(domains=(domain,)), data)
    assert result.plan["speakers"] == {"human": told}
    assert all("For these speakers only" in str(v.reason) for v in result.verdicts)
    assert "For these speakers only" in str(result.headline)
    assert "few_speakers" in {alarm.code for alarm in result.alarms}
