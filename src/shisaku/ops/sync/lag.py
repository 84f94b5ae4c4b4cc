"""By how much one curve comes after another, how sure that is, and whether it changes along the recording."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from shisaku.ops.sync.line import Line, line_through
from shisaku.ops.sync.signals import STEP, Curve

SLOW = 1.0  # seconds: what changes more slowly than this tells nothing about time
CLIP = 3.0  # standard deviations: a cut to another scene must not drown everything else
BLOCK = 5.0  # seconds of the pieces whose own lags tell the error and the drift
LEAST_BLOCKS = 6
LONG = 20.0  # seconds: in less than this a drift is not looked for
SLANT = 0.04  # seconds, over the whole recording, between two drifts that are tried
GAIN = 0.6  # standard deviations that a drift must add to the peak to count; without one it adds up to 0.41
NEAR = 0.15  # seconds around the line of all pieces within which the lag of one is looked for
Stack = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lag:
    """`seconds` by which the second curve comes after the first in the middle of the recording (negative: before it).

    `error` is its standard error (jackknife over pieces), `drift` by how many seconds a second it grows, with its
    interval (None: not looked for), and `drifts` says whether the peak is clearly higher along it. `strength` is
    the peak of the correlation in standard deviations of the correlation at shifts too large to be meant, `chance`
    the probability of a peak as high between curves that have nothing to do with each other.
    """

    seconds: float
    error: float
    strength: float
    chance: float
    drift: Line | None
    drifts: bool


def lag_between(first: Curve, second: Curve, most: float) -> Lag | None:
    """Return the lag of at most `most` seconds that fits best, over all pairs of a row of one and a row of the other.

    Both are [rows, n], one value every `STEP` seconds on one clock. None where there is nothing to compare: too short
    (the null needs shifts of more than `most`), or a curve in which nothing happens.
    """
    reach, (one, other) = round(most / STEP), (_even(first), _even(second))
    n = one.shape[1]
    if n < 6 * reach or not len(one) or not len(other):
        return None
    far = _correlations(one, other)[..., 2 * reach : -2 * reach]
    middle, width = far.mean(axis=-1)[..., None], np.maximum(far.std(axis=-1)[..., None], 1e-12)
    pieces, times = _pieces(one, other, 2 * reach)
    slopes = _slopes(n * STEP, most)
    stacks = np.stack([(stacked(pieces, times, slope, reach) - middle) / width for slope in slopes])
    best = np.unravel_index(int(np.argmax(stacks)), stacks.shape)
    strength = float(stacks[best])
    chance = chance_of(stacks, (far - middle) / width, strength)
    chosen, slope, at = pieces[best[1], best[2]], slopes[best[0]], (int(best[3]) - reach) * STEP
    drift = _drift(chosen, times, at, slope) if len(slopes) > 1 else None
    gained = strength - float(stacks[len(slopes) // 2].max())
    straight = drift.slope if drift and gained > GAIN else 0.0
    lag, error = _refined(chosen, times, straight, at, reach)
    return Lag(lag, error, strength, chance, drift, gained > GAIN)


def stacked(pieces: Stack, times: Curve, slope: float, reach: int) -> Stack:
    """Return the sum of the pieces' correlations, each taken at the lag that a drift of `slope` gives it.

    `pieces` is [..., pieces, lags] with lags twice as far as `reach` on either side; the result holds -reach..reach.
    """
    centre = pieces.shape[-1] // 2
    total = np.zeros((*pieces.shape[:-2], 2 * reach + 1))
    for k, seconds in enumerate(times):
        at = centre + round(slope * float(seconds) / STEP)
        total += pieces[..., k, at - reach : at + reach + 1]
    return total


def chance_of(near: Stack, far: Stack, strength: float) -> float:
    """Return how probable a peak of that strength is among all that was looked at, if nothing is linked.

    At shifts too large to be meant the correlation is noise: its own zero crossings say how many independent values
    the range of lags holds (Rice 1944), and as many as the noise holds are the degrees of freedom of Student's t.
    Every fourth drift counts as one of its own.
    """
    from scipy.special import stdtr

    alike = (far[..., 1:] * far[..., :-1]).mean() / max(float((far**2).mean()), 1e-12)
    bumps_a_step = float(np.arccos(np.clip(alike, -0.999, 0.99999))) / np.pi
    looks = max(1.0, bumps_a_step * near.shape[-1]) * far.shape[0] * far.shape[1] * -(-near.shape[0] // 4)
    freedom = max(2.0, bumps_a_step * far.shape[-1] - 1)
    return float(-np.expm1(looks * np.log1p(-min(1 - 1e-12, float(stdtr(freedom, -strength))))))


def top(row: Curve, at: int) -> float:
    """Return where near `at` the top of a parabola through three values lies, in steps."""
    if not 0 < at < len(row) - 1:
        return float(at)
    left, middle, right = row[at - 1 : at + 2]
    bend = left - 2 * middle + right
    return at if bend >= 0 else at + float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5))


def _slopes(seconds: float, most: float) -> list[float]:
    """Return the drifts to try: none, and those that change the lag by no more than `most` over the whole."""
    if seconds < LONG:
        return [0.0]
    n = int(most / SLANT)
    return [k * SLANT / seconds for k in range(-n, n + 1)]


def _pieces(one: Curve, other: Curve, reach: int) -> tuple[Stack, Curve]:
    """Return [rows, rows, pieces, lags] whose sum over pieces is the correlation of the whole, and their times.

    Times are those of the middles of the pieces, from the middle of the recording on.
    """
    n = one.shape[1]
    cuts = np.linspace(0, n, max(LEAST_BLOCKS, round(n * STEP / BLOCK)) + 1).astype(np.int64)
    longest = int(np.diff(cuts).max())
    size = 1 << int(np.ceil(np.log2(longest + 2 * reach)))
    found = np.empty((len(one), len(other), len(cuts) - 1, 2 * reach + 1))
    for k, (start, end) in enumerate(pairwise(cuts)):
        around = other[:, np.arange(start - reach, end + reach) % n]
        a, b = np.fft.rfft(one[:, start:end], size, axis=1), np.fft.rfft(around, size, axis=1)
        found[:, :, k] = np.fft.irfft(np.conj(a)[:, None] * b[None], size, axis=2)[..., : 2 * reach + 1] / n
    return found, np.asarray((cuts[:-1] + cuts[1:] - n) / 2 * STEP)


def _drift(pieces: Stack, times: Curve, at: float, slope: float) -> Line | None:
    """Return the line through the lags of the pieces, each looked for near where the best drift has it."""
    centre, near = pieces.shape[-1] // 2, round(NEAR / STEP)
    lags = []
    for piece, seconds in zip(pieces, times, strict=True):
        middle = centre + round((at + slope * float(seconds)) / STEP)
        low, high = max(0, middle - near), min(len(piece), middle + near + 1)
        lags.append((top(piece, low + int(np.argmax(piece[low:high]))) - centre) * STEP)
    return line_through(times, np.asarray(lags))


def _refined(pieces: Stack, times: Curve, slope: float, at: float, reach: int) -> tuple[float, float]:
    """Return the lag and its error: the top of all pieces, and how it moves as each in turn is left out."""
    near = round(NEAR / STEP)

    def lag(held: Stack, when: Curve, around: int) -> float:
        row = stacked(held, when, slope, reach)
        low, high = max(0, around - near), min(len(row), around + near + 1)
        return (top(row, low + int(np.argmax(row[low:high]))) - reach) * STEP

    found = lag(pieces, times, reach + round(at / STEP))
    without = [
        lag(np.delete(pieces, k, axis=0), np.delete(times, k), reach + round(found / STEP)) for k in range(len(times))
    ]
    n = len(without)
    return found, float(np.sqrt((n - 1) * np.var(without)))


def _correlations(one: Curve, other: Curve) -> Stack:
    """Return the circular correlation of all pairs of rows: [rows, rows, n], index k means `other` k steps later."""
    a, b = np.fft.rfft(one, axis=1), np.fft.rfft(other, axis=1)
    n = one.shape[1]
    return np.asarray(np.fft.irfft(np.conj(a)[:, None] * b[None], n=n, axis=2) / n)


def _even(curves: Curve) -> Curve:
    """Return the rows in which something happens, slow change taken out, spread 1, and single bursts cut down."""
    from scipy.ndimage import uniform_filter1d

    fast = curves - uniform_filter1d(curves, max(1, round(SLOW / STEP)), axis=1, mode="wrap")
    width = fast.std(axis=1, keepdims=True)
    live = (width > 1e-9).ravel()
    held = np.clip(fast[live] / width[live], -CLIP, CLIP)
    return np.asarray(held - held.mean(axis=1, keepdims=True))
