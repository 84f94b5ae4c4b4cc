"""Faces in pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import Message, say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import rgb_of
from shisaku.stats.proportions import clopper_pearson

MODEL: Final = "centerface"
LEAST = 0.3  # the finder itself gives nothing below
SHOWN = 3
EXAMPLES = 20


@dataclass(frozen=True)
class Faces(Metric):
    """Score a picture by the surest face in it: 1 - its score, 1 where there is none.

    Faces are found by CenterFace (Xu et al. 2019), a network trained on WIDER FACE, in the picture as it was read (at
    most 512 pixels, unless you raised it). `raw` is the number of faces with a score of `sure` or more; one is an
    issue. The reason gives their boxes (left, top, width, height in pixels).

    What it finds: real faces pasted into 300 real pictures (60 of a size): 80 % at 48 pixels of height, 88 % at 64, 92
    % at 128; 23 % at 24; in 150 photographs 87 % at 48 pixels (n = 30). Of faces 96 pixels high 87 % turned by 15
    degrees in the picture, 68 % by 30, 15 % by 60; 88 % blurred by 2 pixels (standard deviation), 48 % by 4. False
    alarms: none in 300 stamps, 2 in 150 photographs (1.3 %).
    When it hurts: it is no proof of absence: small, turned, covered and blurred faces are missed, and so are people
    seen from behind, whom clothes, gait or place may tell. Drawn and carved faces and some animals are called. It
    does not ask who somebody is.

    Example::

        - {name: faces, op: privacy.faces, from: data, with: {image: image}}
    """

    name: ClassVar[str] = "privacy.faces"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"sure"})

    image: str = "image"
    sure: float = 0.5

    def __post_init__(self) -> None:
        part_names(image=self.image)
        within("sure", self.sure, LEAST, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [[left, top, width, height, score], ...], surest first."""
        return dict(measurable(batch, self._faces))

    def _faces(self, sample: Sample) -> list[list[float]]:
        image = rgb_of(sample, self.image)
        from shisaku.models.loading import load

        found = load("face_finder").faces(image)
        return [[face.left, face.top, face.width, face.height, face.sure] for face in found]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        made = []
        for sample, found in sorted(state.items()):
            faces = [face for face in found if face[4] >= self.sure]
            value = 1.0 - min(1.0, max((face[4] for face in found), default=0.0))
            made.append(Score(sample, self.name, value, float(len(faces)), bool(faces), _reason(faces)))
        return made

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return in how many pictures there are faces."""
        if not state:
            return []
        counts = {sample: sum(face[4] >= self.sure for face in found) for sample, found in state.items()}
        having = sorted((sample for sample, n in counts.items() if n), key=lambda sample: (-counts[sample], sample))
        low, high = clopper_pearson(len(having), len(state))
        share, examples = len(having) / len(state), tuple(having[:EXAMPLES])
        if not having:
            what = say("No face was found in {n} pictures; small and turned ones are missed", n=len(state))
            return [Finding(self.name, what, "note", share, low, high, len(state))]
        faces = sum(counts.values())
        what = say("{n} of {of} pictures show faces ({faces} in all)", n=len(having), of=len(state), faces=faces)
        then = say("Blur or drop them, or see that the people agreed")
        return [Finding(self.name, what, "warn", share, low, high, len(state), then, examples)]


def _reason(faces: Sequence[Sequence[float]]) -> Message | None:
    if not faces:
        return None
    boxes = "; ".join(" ".join(f"{side:.0f}" for side in face[:4]) for face in faces[:SHOWN])
    return say(
        "faces: {n}, the surest {sure:.2f}; left, top, width, height: {boxes}",
        n=len(faces),
        sure=faces[0][4],
        boxes=boxes,
    )
