"""Parameters out of range are refused at once, with the range and the value."""

from __future__ import annotations

from typing import Any

import pytest

from shisaku.registry.doors import OPS, names, op_class

NEEDED: dict[str, dict[str, Any]] = {
    "audio.closed_vocabulary": {"vocabulary": ("a", "b")},
    "audio.zero_shot": {"names": {"a": "a", "b": "b"}},
    "pairs.zero_shot": {"texts": {"a": "a", "b": "b"}},
}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("image.classical", {"flip": 1.5}, r"flip must be in \[0, 1\], got 1.5"),
    ("image.classical", {"rotation": float("nan")}, r"rotation must be in \[0, 180\], got nan"),
    ("image.classical", {"scale_min": 1.2, "scale_max": 0.8}, "scale_min must not be above scale_max, got 1.2 > 0.8"),
    ("image.classical", {"scale_min": 0.0}, r"scale_min must be in \[0.05, 4\], got 0"),
    ("image.classical", {"colour": -0.1}, r"colour must be in \[0, 0.9\], got -0.1"),
    ("image.classical", {"ground": "blue"}, "ground must be one of white, edge, mirror, got 'blue'"),
    ("image.composite", {"scale_max": 1.1}, r"scale_max must be in \[0.05, 1\], got 1.1"),
    ("image.composite", {"size": 8}, r"size must be in \[32, 2048\], got 8"),
    ("image.visual_quality", {"issue_below": 2.0}, r"issue_below must be in \[0, 1\], got 2"),
    ("text.classical", {"drop": 1.0}, r"drop must be in \[0, 0.9\], got 1"),
    ("text.embed", {"model": "gpt"}, "model must be one of minilm-l6, char_ngrams, got 'gpt'"),
    ("audio.classical", {"snr_min": 40.0}, "snr_min must not be above snr_max, got 40.0 > 30.0"),
    ("audio.classical", {"speed_min": 0.0}, r"speed_min must be in \[0.25, 4\], got 0"),
    ("audio.cer", {"issue_above": 11.0}, r"issue_above must be in \[0, 10\], got 11"),
    ("audio.closed_vocabulary", {"vocabulary": ("a",)}, "vocabulary must hold at least 2 texts"),
    ("audio.closed_vocabulary", {"vocabulary": ("3", "Three!")}, "vocabulary must hold at least 2 texts that differ"),
    ("audio.closed_vocabulary", {"vocabulary": ("a", "b"), "carrier": "It is"}, r"carrier must hold \{text\} once"),
    ("audio.naturalness", {"issue_below": -1.0}, r"issue_below must be in \[0, 1\], got -1"),
    ("audio.room", {"rt60_max": 9.0}, r"rt60_max must be in \[0.05, 5\], got 9"),
    ("audio.room", {"snr_min": 50.0}, "snr_min must not be above snr_max, got 50.0 > 35.0"),
    ("audio.transcribe", {"model": "whisper-huge"}, "model must be one of whisper-tiny-en, whisper-base, got"),
    ("audio.embed", {"seconds": 31.0}, r"seconds must be in \[0.5, 30\], got 31"),
    ("audio.speak", {"voice": ""}, "voice must be a voice or 'random', got ''"),
    ("audio.wer", {"issue_above": -1.0}, r"issue_above must be in \[0, 10\], got -1"),
    ("pairs.caption", {"template": "a photo"}, r"template must hold \{name\}, got 'a photo'"),
    ("dataset.label_agreement", {"folds": 1}, r"folds must be in \[2, 50\], got 1"),
    ("dataset.near_copy", {"near": 1.1}, r"near must be in \[0, 1\], got 1.1"),
    ("dataset.near_copy", {"transform": "pca"}, "transform must be one of sqrt_l2, l2, none, got 'pca'"),
]


@pytest.mark.parametrize(("name", "params", "message"), BAD)
def test_out_of_range(name: str, params: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        op_class(name)(**params)


@pytest.mark.parametrize("name", names(OPS))
def test_part_names_must_not_be_empty(name: str) -> None:
    found = op_class(name)
    for field in (*found.reads, *found.writes):
        with pytest.raises(ValueError, match=f"{field} must name a part"):
            found(**{**NEEDED.get(name, {}), field: ""})
