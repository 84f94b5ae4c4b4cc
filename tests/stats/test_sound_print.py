"""Fingerprints of recordings agree for copies and not for others."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from shisaku.stats.sound_print import PrintIndex, apart, sound_print

RATE = 16_000


@functools.cache
def _talk(seed: int, seconds: float = 1.5) -> np.ndarray:
    """Syllables: bursts of harmonics whose pitch and colour wander."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * RATE)) / RATE
    wave = np.zeros_like(time)
    for start in np.arange(0.0, seconds, 0.15):
        pitch, tilt = rng.uniform(100, 250), rng.uniform(0.2, 1.5, 12)
        burst = np.exp(-(((time - start) / 0.06) ** 2))
        wave += burst * sum(tilt[k] * np.sin(2 * np.pi * pitch * (k + 1) * time) / (k + 1) for k in range(12))
    return (0.2 * wave / np.abs(wave).max()).astype(np.float32)


def _best(copy: np.ndarray, held: list[np.ndarray]) -> dict[int, tuple[float, float]]:
    index = PrintIndex.build(tuple(sound_print(wave, RATE) for wave in held))
    one = sound_print(copy, RATE)
    return {int(j): apart(one, index.prints[j], int(shift)) for _, j, shift in zip(*index.shared((one,)), strict=True)}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("gain", lambda wave: wave * 0.05),
        ("trim", lambda wave: wave[1503:-1207]),
        ("noise", lambda wave: wave + np.random.default_rng(0).normal(0, 0.05 * wave.std(), wave.size)),
    ],
)
def test_a_copy_is_found_where_it_lies(name: str, change) -> None:  # type: ignore[no-untyped-def]
    held = [_talk(seed) for seed in range(5)]
    found = _best(np.asarray(change(held[3]), np.float32), held)
    wrong, cover = found[3]
    assert wrong < 0.1
    assert cover > 0.8
    assert all(rate > 0.25 for other, (rate, _) in found.items() if other != 3)


def test_one_other_second_makes_another_recording() -> None:
    one = _talk(1, 5.0)
    other = one.copy()
    other[2 * RATE : 4 * RATE] = _talk(2, 2.0)
    found = _best(other, [one])
    assert found[0][0] > 0.3


def test_silence_and_very_short_recordings() -> None:
    assert not sound_print(np.zeros(RATE, np.float32), RATE).loud.any()
    assert sound_print(np.zeros(10, np.float32), RATE).bits.size == 1
    assert all(len(one) == 0 for one in PrintIndex.build(()).shared(()))
