"""What units of every offer are expected to add to the score, draw by draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shisaku.errors import DataError
from shisaku.lab.items import Items
from shisaku.lab.next_data.doubts import Wrong
from shisaku.lab.next_data.offer import Offer
from shisaku.lab.next_data.taught import FOLDS, Taught
from shisaku.message import say
from shisaku.stats.estimate import Floats
from shisaku.stats.learning_curve import PowerLaw, drawn_means, power_laws

EQUIVALENTS = np.linspace(0.0, 3.0, 61)  # items of one's own that one item of an offer may be worth
STILL_TOLD = 0.3  # where more labels are wrong, scores at hand say next to nothing


@dataclass(frozen=True, slots=True)
class Worth:
    """What can be said of all offers together; every array is [1 + draws], the mean first.

    `curve` is that of the items at hand, `start` where it stands now. One item of an offer moves it by `equivalents`
    items; where it does not help it takes away `harm` times its share of all that is trained on. Labels of some classes
    have a curve of their own, `(drop, items of these classes at hand)`; a wrong label less is worth `repair`, and looks
    find `wrong` ones. `told` is the part of a gain that is left of it when labels of the tested items are wrong; gains
    are divided by it. `noise` is how far the difference of two lessons is off, one standard deviation.
    """

    curve: PowerLaw
    start: Floats
    equivalents: Mapping[str, Floats]
    harm: Mapping[str, Floats]
    slices: Mapping[str, tuple[Floats, int]]
    repair: Floats
    wrong: Wrong | None
    repairs: str
    told: Floats
    noise: float

    def gain(self, units: Mapping[str, float]) -> Floats:
        """Return what all these units together add to the score, [1 + draws].

        What moves along the one curve adds up before it is read, so that two offers of the same use do not count twice.
        """
        moved = self.start + sum((self.equivalents[name] * n for name, n in units.items() if name in self.equivalents))
        found = self.curve.at(moved) - self.curve.at(self.start)
        for name, n in units.items():
            if name in self.harm:
                found = found - self.harm[name] * n / (self.start + n)
            if name in self.slices:
                drop, there = self.slices[name]
                found = found + drop * (self.curve.shape(there) - self.curve.shape(there + n))
            elif name == self.repairs and self.wrong is not None:
                found = found + self.repair * _looked(self.wrong.found, n)
        return np.asarray(found / self.told, dtype=np.float64)


def _looked(found: Floats, n: float) -> Floats:
    """Return the wrong labels found by `n` looks, between whole numbers by a line."""
    n = min(n, found.shape[1] - 1.0)
    low = int(n)
    high = min(low + 1, found.shape[1] - 1)
    return np.asarray(found[:, low] + (n - low) * (found[:, high] - found[:, low]), dtype=np.float64)


def worth(
    items: Items, offers: Sequence[Offer], taught: Taught, wrong: Wrong | None, rng: np.random.Generator, draws: int
) -> Worth:
    """Read the worth of all offers from what was taught; one set of draws, so that offers are compared pair by pair.

    An offer that nothing is known of has no place here. Probes that help are at hand and count: the curve starts there.
    Raises DataError for so few items that they make no curve.
    """
    scores = drawn_means(taught.scores, taught.n_test, taught.n_train, rng, draws)
    plain = _rising(taught)
    curve = power_laws(taught.own[plain], scores[:, plain], rng)
    classes = set(items.labels)
    equivalents: dict[str, Floats] = {}
    harm: dict[str, Floats] = {}
    slices: dict[str, tuple[Floats, int]] = {}
    repair, repairs = np.zeros(len(scores)), ""
    start = np.full(len(scores), float(len(items)))
    for offer in offers:
        places = taught.places(offer.name)
        if offer.kind == "labels" and not places:
            equivalents[offer.name] = np.ones(len(scores))
        elif offer.kind == "labels":
            slices[offer.name] = _slice(offer, items, taught, scores, curve)
        elif offer.kind == "repairs":
            repair, repairs = _per_wrong_label(len(items), taught, scores, places), offer.name
        elif places:
            equivalents[offer.name], harm[offer.name] = _help_or_harm(taught, scores, curve, places)
            if offer.kind == "source" and offer.probe is not None:
                start = start + equivalents[offer.name] * len(offer.probe)
    share = np.zeros(len(scores)) if wrong is None else wrong.share
    told = np.maximum(1.0 - share * len(classes) / (len(classes) - 1), STILL_TOLD)
    noise = float((scores[1:, plain[-1]] - scores[1:, plain[-2]]).std())
    return Worth(curve, start, equivalents, harm, slices, repair, wrong, repairs, told, noise)


def _rising(taught: Taught) -> list[int]:
    """Return the plain lessons that each trained on more than the one before: of few items shares round to one size."""
    found: list[int] = []
    for place in taught.places(""):
        if not found or taught.own[place] > taught.own[found[-1]]:
            found.append(place)
    if len(found) < 2:
        raise DataError(
            say("So few items make no learning curve: {n:.0f} to train on", n=taught.n_train),
            next=say("Collect some five of every class first, whatever they cost"),
        )
    return found


def _help_or_harm(taught: Taught, scores: Floats, curve: PowerLaw, places: Sequence[int]) -> tuple[Floats, Floats]:
    """Return how many items of one's own an added item is worth, and what it takes away; one is 0 in each draw.

    Whichever says better what came at the shares at which it was added (least squares): items further along the curve,
    or a loss in proportion to the share of added items in training.
    """
    beside = [_plain_at(taught, taught.lessons[place].share) for place in places]
    seen = scores[:, places] - scores[:, beside]
    own, extra = taught.own[places], taught.extra[places]
    here = np.stack([curve.at(n) for n in own], axis=1)
    misfit = np.empty((len(EQUIVALENTS), len(scores)))
    for k, one in enumerate(EQUIVALENTS):
        there = np.stack([curve.at(n + one * more) for n, more in zip(own, extra, strict=True)], axis=1)
        misfit[k] = ((seen - (there - here)) ** 2).sum(axis=1)
    helps, best = EQUIVALENTS[misfit.argmin(axis=0)], misfit.min(axis=0)
    if not extra.any():
        nothing = np.zeros(len(scores))
        return nothing, nothing
    part = extra / (own + extra)
    loss = np.maximum(-(seen @ part) / float(part @ part), 0.0)
    harms = ((seen + loss[:, None] * part) ** 2).sum(axis=1) < best - 1e-15
    return np.where(harms, 0.0, helps), np.where(harms, loss, 0.0)


def _slice(offer: Offer, items: Items, taught: Taught, scores: Floats, curve: PowerLaw) -> tuple[Floats, int]:
    """Return the drop of the curve of an offer's classes, by least squares over three steps along it.

    From half of them to all beside all others; from a quarter to half, and from half to all, beside half of the others.
    """
    all_less, half_less, half_more = taught.places(offer.name)
    half = _plain_at(taught, 0.5)
    there = sum(label in offer.classes for label in items.labels)
    whole = there * (1 - 1 / FOLDS)
    n = taught.of_classes
    steps = ((all_less, _plain_at(taught, 1.0), n[all_less], whole), (half_less, half, n[half_less], whole / 2),
             (half, half_more, whole / 2, n[half_more]))  # fmt: skip
    above, below = np.zeros(len(scores)), np.zeros(len(scores))
    for low, high, n_low, n_high in steps:
        step = curve.shape(n_low) - curve.shape(n_high)
        above += step * (scores[:, high] - scores[:, low])
        below += step**2
    return np.divide(above, below, out=np.zeros(len(scores)), where=below > 0), there


def _per_wrong_label(n: int, taught: Taught, scores: Floats, places: Sequence[int]) -> Floats:
    """Return what one wrong label less among `n` adds: the loss per wrong label made, least squares through 0."""
    whole = _plain_at(taught, 1.0)
    # The same share of wrong labels costs the same: of more items it is more labels.
    made = taught.extra[places] * n / taught.own[whole]
    lost = scores[:, [whole]] - scores[:, places]
    return np.asarray(np.maximum(lost @ made / max(float(made @ made), 1e-12), 0.0), dtype=np.float64)


def _plain_at(taught: Taught, share: float) -> int:
    return next(k for k in taught.places("") if taught.lessons[k].share == share)
