"""Whether a patch of a picture stands in it twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.grade import lower_is_better
from shisaku.ops.image.subject import Look
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import rgb_of

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

REACH = 7  # pixels from the middle of a patch to its rim: patches of 15 x 15
APART = 16  # pixels: nearer patches overlap
MOST = 1500  # spots of texture in a picture
QUALITY = 0.01  # of the best spot's: a spot with less is an edge or noise
LEVELS = 6.0  # standard deviation in grey levels: a patch with less is noise or nearly flat
ALIKE = 0.97  # correlation from which on two patches count as one
Patches = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class RepeatedTexture(Metric):
    """Score a picture by how much of its texture stands in it twice, one part a shifted copy of another.

    Block matching, as against copy-move forgery (Fridrich, Soukal and Lukas, DFRWS 2003), where there is texture in
    two directions (Shi and Tomasi, CVPR 1994), at 256 pixels for the longer side: each of at most 1500 spots looks for
    its best partner at least 16 pixels away by the correlation of patches of 15 x 15, and pairs from 0.97 on vote for
    their shift. `raw` is the number of spots that agree on the commonest shift, give or take a pixel; from
    `issue_from` on it is an issue, where the score is 0.5. A single pair of spots that look alike is nothing: a copied
    region makes many with one shift.

    What it finds: in 192 photographs a square copied out of a lively part, with a little noise, with recall 1.0 and
    0.90 at 30 and 40 % of the longer side (20 %: 0.76; 15 %: 0.55), at 5 % false alarms. In 200 stamps no
    limit: 0.53 at most at 7 % false alarms, since drawings repeat themselves.
    When it hurts: what repeats by nature is called too: bricks, fences, fabric, windows of a facade, type. Mirrored,
    turned or scaled copies and those in another light pass.

    Example::

        - {name: repeated, op: image.repeated_texture, from: painted}
    """

    name: ClassVar[str] = "image.repeated_texture"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_from"})

    image: str = "image"
    issue_from: int = 8

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("issue_from", self.issue_from, 2, MOST)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> number of spots that stand twice, by one shift."""
        return dict(measurable(batch, lambda sample: repeated(rgb_of(sample, self.image))))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        made = []
        for sample, spots in sorted(state.items()):
            issue = spots >= self.issue_from
            reason = say("{n} spots of its texture stand in it twice, all by one shift", n=spots)
            value = lower_is_better(spots, self.issue_from)
            made.append(Score(sample, self.name, value, float(spots), issue, reason if issue else None))
        return made


def repeated(image: Pixels) -> int:
    """Return how many spots of texture of an RGB picture have a twin at the commonest shift."""
    import cv2

    grey = Look.at(image).grey
    if min(grey.shape) < 2 * REACH + 1 + APART:
        return 0
    soft = np.asarray(cv2.GaussianBlur(grey, (3, 3), 0.8))
    found = cv2.goodFeaturesToTrack(soft, MOST, QUALITY, 3)
    if found is None:
        return 0
    patches, places = _patches(soft.astype(np.float32), found.reshape(-1, 2)[:, ::-1].astype(np.intp))
    return _agreed(_shifts(patches, places)) if len(places) > 1 else 0


def _patches(grey: Patches, places: Places) -> tuple[Patches, Places]:
    """Return the patches around spots as unit rows without their mean [n, 225], and the spots (row, column) [n, 2]."""
    inside = ((places >= REACH) & (places < np.array(grey.shape) - REACH)).all(axis=1)
    places = places[inside]
    views = np.lib.stride_tricks.sliding_window_view(grey, (2 * REACH + 1, 2 * REACH + 1))
    rows = views[places[:, 0] - REACH, places[:, 1] - REACH].reshape(len(places), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    kept = length >= LEVELS * (2 * REACH + 1)
    return rows[kept] / length[kept, None], places[kept]


def _shifts(patches: Patches, places: Places) -> Places:
    """Return the shift to the best partner of every spot that has one, [m, 2]."""
    alike = patches @ patches.T
    rows, columns = places[:, 0], places[:, 1]
    alike[(np.abs(rows[:, None] - rows) < APART) & (np.abs(columns[:, None] - columns) < APART)] = -1.0
    best = alike.argmax(axis=1)
    sure = np.flatnonzero(alike[np.arange(len(best)), best] >= ALIKE)
    return np.asarray(places[best[sure]] - places[sure])


def _agreed(shifts: Places) -> int:
    if not len(shifts):
        return 0
    # A copy finds its model and the model its copy: opposite shifts are one.
    flipped = (shifts[:, 0] < 0) | ((shifts[:, 0] == 0) & (shifts[:, 1] < 0))
    shifts = np.where(flipped[:, None], -shifts, shifts)
    kinds, counts = np.unique(shifts, axis=0, return_counts=True)
    near = (np.abs(kinds[:, None] - kinds[None]) <= 1).all(axis=2)
    return int((near @ counts).max())
