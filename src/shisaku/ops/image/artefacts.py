"""Whether a picture bears the marks of how pictures are made: grids of up-sampling, and bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.grade import lower_is_better
from shisaku.ops.image.subject import grey_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import rgb_of

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

PERIODS = (2, 4)  # strides of decoders; blocks of 8 are image.compression's
SMALLEST_SIDE = 48
RING = range(3, 9)  # bins beside a peak that say how strong it would be without one
LEAST = 1e-2  # grey levels squared: below, a peak is rounding
STEP = (2, 32)  # grey levels of a step between two bands; below nobody sees it, above it is an edge
RUN = 2  # pixels of one level on either side
FEWEST = 200  # small steps in a picture: of fewer no share is taken
Grey = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Artefacts(Metric):
    """Score a picture by two marks of generators: the grid that up-sampling leaves, and bands where shades should run.

    Grid: transposed convolutions with uneven overlap and pixel shuffles repeat every 2 or 4 pixels (Odena, Dumoulin and
    Olah, Distill 2016), which are peaks at those places of the spectrum (Zhang, Karaman and Chang, WIFS 2019). Of the
    luma less its mean under a Hann window the power at each such place is divided by the median of its neighbours
    along the row and along the column, whichever is less; the largest, in decibels. Bands: of all steps of 2 to 32
    levels between neighbours in a channel, the share that has two pixels of one level on either side, the mean of the
    three channels: photographs have noise there, a coarsely quantised slope has none. `raw` is the larger of both, each
    over its limit (`grid_from`, `bands_from`); from 1 on it is an issue, where the score is 0.5. JPEG blocks are
    `image.compression`'s.

    What it finds: in 192 photographs a grid of period 4 with a contrast of 0.5 % with recall 0.84, one of period 2 with
    1.0 (0.2 %: 0.45 and 0.24), and bands of 8 grey levels with 0.82 (4: 0.55), at 4 % false alarms. The limits were set
    on these very photographs. Set on one half so that 2.5 % pass each, they give 7 % false alarms on the other, where
    those given here find the faintest grid of period 4 in 77 %. In 200 stamps grids are found in 73 % at most.
    When it hurts: screens photographed, print rasters, fabric and pixel art bear such grids by nature, and drawings
    with flat colours have bands: do not use it on them without a look. A picture that was made smaller or larger by no
    whole number has lost its grid.

    Example::

        - {name: artefacts, op: image.artefacts, from: painted}
    """

    name: ClassVar[str] = "image.artefacts"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"grid_from", "bands_from"})

    image: str = "image"
    grid_from: float = 17.0
    bands_from: float = 0.15

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("grid_from", self.grid_from, 1.0, 100.0)
        within("bands_from", self.bands_from, 0.01, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [grid in decibels, share of band steps]."""
        return dict(measurable(batch, self._look))

    def _look(self, sample: Sample) -> list[float]:
        image = rgb_of(sample, self.image)
        return [grid(grey_of(image)), float(np.mean([bands(image[:, :, channel]) for channel in range(3)]))]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        made = []
        for sample, (peak, share) in sorted(state.items()):
            worst = max(peak / self.grid_from, share / self.bands_from)
            issue = worst >= 1.0
            made.append(Score(sample, self.name, lower_is_better(worst, 1.0), worst, issue,
                              self._why(peak, share) if issue else None))  # fmt: skip
        return made

    def _why(self, peak: float, share: float) -> Message:
        if peak / self.grid_from >= share / self.bands_from:
            return say("A grid of up-sampling: {peak:.0f} dB above its surroundings in the spectrum", peak=peak)
        return say("Bands: {share:.0%} of its soft steps lie between flat stretches", share=share)


def grid(grey: Pixels) -> float:
    """Return by how many decibels the strongest peak of period 2 or 4 stands out of the spectrum; 0 where none does."""
    height, width = (side - side % 4 for side in grey.shape)
    if min(height, width) < SMALLEST_SIDE:
        return 0.0
    luma = grey[:height, :width].astype(np.float64)
    window = np.outer(np.hanning(height + 1)[:-1], np.hanning(width + 1)[:-1])
    power = np.abs(np.fft.fft2((luma - luma.mean()) * window)) ** 2 / float((window**2).sum())
    places = {(height * i // p, width * j // p) for p in PERIODS for i in range(p) for j in range(p // 2 + 1)}
    return max(0.0, *(_stands_out(power, row, column) for row, column in places - {(0, 0)}))


def _stands_out(power: Grey, row: int, column: int) -> float:
    height, width = power.shape
    around = [*RING, *(-k for k in RING)]
    # Along the axes the spectrum has ridges of its own: a peak must stand out in both directions.
    beside = max(
        float(np.median([power[(row + k) % height, column] for k in around])),
        float(np.median([power[row, (column + k) % width] for k in around])),
    )
    return 10.0 * float(np.log10(max(power[row, column], LEAST) / max(beside, LEAST)))


def bands(channel: Pixels) -> float:
    """Return the share of steps of 2 to 32 levels with flat stretches on both sides; 0 where steps are few."""
    hits = steps = 0
    for levels in (channel.astype(np.int16), channel.T.astype(np.int16)):
        if levels.shape[1] < 2 * RUN:
            continue
        rise = np.diff(levels, axis=1)
        soft = (np.abs(rise) >= STEP[0]) & (np.abs(rise) <= STEP[1])
        still = rise == 0
        inner = rise.shape[1] - 2 * (RUN - 1)
        flat = np.ones((levels.shape[0], inner), dtype=np.bool_)
        for k in range(1, RUN):
            flat &= still[:, RUN - 1 - k : RUN - 1 - k + inner] & still[:, RUN - 1 + k : RUN - 1 + k + inner]
        within_reach = soft[:, RUN - 1 : RUN - 1 + inner]
        hits, steps = hits + int((within_reach & flat).sum()), steps + int(within_reach.sum())
    return hits / steps if steps >= FEWEST else 0.0
