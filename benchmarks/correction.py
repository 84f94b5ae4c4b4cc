"""What corrections do to the gap and to what is learnt: ``PYTHONPATH=benchmarks python benchmarks/correction.py``.

Real data are divided into a pool of real training items, items that play the made ones, and a validation set. The made
ones are shifted in a known way, then corrected with the pool. The gap is the AUROC of a logistic regression, out of
fold, that tells made items from real ones that no correction saw (0.5: none); the score is the accuracy on the other
real ones of the validation set of a classifier trained on the made items alone. Differences from the uncorrected ones
are means over divisions with the interval of Nadeau and Bengio at 95 %. A correction counts if the gap falls (interval
below 0) and the score does not (interval above -0.02). ``--only NAME`` takes shifts of that name; ``--seeds`` divisions
(8). ``--choices`` asks instead how well weights and choices tell digits that were turned by an angle from those that
were not.
"""

from __future__ import annotations

import argparse
import io
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import soundfile
from planted.prepared import pixel_features
from planted.sources import source
from scipy.signal import butter, sosfiltfilt, welch

from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.learn.examples import Examples
from shisaku.learn.logistic import Logistic
from shisaku.learn.out_of_fold import out_of_fold
from shisaku.registry.make import make_op
from shisaku.stats.auroc import auroc
from shisaku.stats.resplit import nadeau_bengio, paired_t
from shisaku.store.codecs import decode_vector, encode_vector

SAFE = 0.02
LANGUAGES = ("en", "es", "fr", "it", "ru")
Samples = list[Sample]
Change = Callable[[Sample, int], Sample]


@dataclass(frozen=True)
class Case:
    """Real data with a label, what is done to those that play the made ones, and the corrections to try."""

    name: str
    data: Callable[[], Samples]
    shift: Change
    features: Callable[[Samples], Samples]
    corrections: Mapping[str, Mapping[str, object]]
    sizes: tuple[int, int] = (200, 300)


def main() -> int:
    """Print a line per shift and correction."""
    parser = argparse.ArgumentParser(description="Corrections of made items, before and after.")
    parser.add_argument("--only", default="", help="shifts whose name holds this")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--choices", action="store_true")
    asked = parser.parse_args()
    if asked.choices:
        _print_choices(asked.seeds)
        return 0
    for case in CASES:
        if asked.only in case.name:
            _print(case, asked.seeds)
    return 0


def _print(case: Case, seeds: int) -> None:
    data = case.data()
    n_real, n_made = case.sizes
    rows = [_measured(case, data, seed) for seed in range(seeds)]
    n_test = len(data) - n_real - 2 * n_made
    base = np.mean([row["none"] for row in rows], axis=0)
    clean = np.mean([row["unshifted"] for row in rows], axis=0)
    print(f"{case.name}: {n_real} real, {n_made} made, {n_test} for validation, {seeds} divisions")
    print(f"  {'unshifted':<34} gap {clean[0]:.3f}  score {clean[1]:.3f}")
    print(f"  {'uncorrected':<34} gap {base[0]:.3f}  score {base[1]:.3f}")
    for name in case.corrections:
        values = np.array([row[name] for row in rows])
        away = values - np.array([row["none"] for row in rows])
        gap, score = (nadeau_bengio(away[:, k], n_test, n_real + n_made) for k in (0, 1))
        counts = gap.high(0.025) < 0 and score.low(0.025) > -SAFE
        told = [f"{one.mean:+.3f} [{one.low(0.025):+.3f}, {one.high(0.025):+.3f}]" for one in (gap, score)]
        mean = values.mean(axis=0)
        verdict = "counts" if counts else "does not count"
        print(f"  {name:<34} gap {mean[0]:.3f} ({told[0]})  score {mean[1]:.3f} ({told[1]})  {verdict}", flush=True)


def _measured(case: Case, data: Samples, seed: int) -> dict[str, tuple[float, float]]:
    """Return (gap, score) uncorrected ("none"), unshifted, and after each correction."""
    order = np.random.default_rng(seed).permutation(len(data))
    n_real, n_made = case.sizes
    real = [data[k] for k in order[:n_real]]
    parents = [data[k] for k in order[n_real : n_real + n_made]]
    rest = case.features([data[k] for k in order[n_real + n_made :]])
    fresh, test = rest[:n_made], rest[n_made:]
    made = [_made(case.shift(one, place)) for place, one in enumerate(parents)]
    seen = case.features(real)
    plain = case.features(made)
    found = {
        "unshifted": _judged(case.features(parents), np.ones(n_made), fresh, test),
        "none": _judged(plain, np.ones(n_made), fresh, test),
    }
    for name, how in case.corrections.items():
        corrected, weights = _corrected(case, how, made, plain, real, seen)
        found[name] = _judged(corrected, weights, fresh, test)
    return found


def _print_choices(seeds: int) -> None:
    """Print, per angle, the chance that a turned digit gets less weight than one as it is, or is chosen later."""
    data = source("mnist", 1500)
    print("200 real, 300 made, every other of which is turned: AUROC, mean [95 % t interval]; share kept by the half")
    for angle in (0.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0):
        rows = np.array([_told(data, angle, seed) for seed in range(seeds)])
        told = [f"{one.mean:.3f} [{one.low(0.025):.3f}, {one.high(0.025):.3f}]"
                for one in (paired_t(column) for column in rows.T)]  # fmt: skip
        print(f"{angle:4.0f} degrees  weight {told[0]}  choice {told[1]}  of turned ones kept {told[2]}", flush=True)


def _told(data: Samples, angle: float, seed: int) -> tuple[float, float, float]:
    order = np.random.default_rng(seed).permutation(len(data))
    real = pixel_features([data[k] for k in order[:200]])
    turn = _image(lambda pixels, place: _turned(pixels, angle * (place % 2)))
    made = pixel_features([turn(data[k], place) for place, k in enumerate(order[200:500])])
    odd = np.array([place % 2 == 1 for place in range(len(made))])
    found = []
    for name in ("dataset.importance", "dataset.subset_choice"):
        op = make_op(name, {})
        assert isinstance(op, Metric)
        scores = {one.sample: one.value for one in op.scores(op.measure(made, real))}
        values = np.array([scores[one.id] for one in made])
        found.append(auroc(values[~odd], values[odd]).value)
    return found[0], found[1], float((values[odd] > 0.5).mean())


def _turned(pixels: np.ndarray, angle: float) -> np.ndarray:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    return cv2.warpAffine(pixels, matrix, (width, height))


def _made(sample: Sample) -> Sample:
    return sample.child("shifted", parts=sample.parts)


def _corrected(
    case: Case, how: Mapping[str, object], made: Samples, plain: Samples, real: Samples, seen: Samples
) -> tuple[Samples, np.ndarray]:
    params = {name: value for name, value in how.items() if name not in ("op", "keep")}
    op = make_op(str(how["op"]), params)
    if isinstance(op, Metric):
        state = op.measure(plain, seen)
        scores = {one.sample: one for one in op.scores(state)}
        if "keep" not in how:
            return plain, np.array([scores[one.id].raw for one in plain])
        least = np.quantile([one.value for one in scores.values()], 1.0 - float(str(how["keep"])))
        kept = [one for one in plain if scores[one.id].value > least]
        return kept, np.ones(len(kept))
    assert isinstance(op, Transform)
    of_features = op.name.startswith("embedding.")
    given = plain if of_features else made
    pool = [*(seen if of_features else real), *given] if op.name in TWO_SIDED else real
    outcomes = op.apply(given, [rng_for(0, op.name, one.id) for one in given], pool)
    done = [one for outcome in outcomes if isinstance(outcome, tuple) for one in outcome if isinstance(one, Sample)]
    return (done if of_features else case.features(done)), np.ones(len(done))


TWO_SIDED = ("image.colour_match", "audio.spectrum_match", "embedding.coral")


def _judged(made: Samples, weights: np.ndarray, real: Samples, test: Samples) -> tuple[float, float]:
    rows, others, tested = (np.array([decode_vector(one.parts["features"]) for one in side], np.float64)
                            for side in (made, real, test))  # fmt: skip
    # Weighted items are drawn by their weights, so that the gap is that of what is trained on.
    if not (weights == 1.0).all():
        pick = rng_for(1, "draw", "weights").choice(len(rows), len(rows), p=weights / weights.sum())
        judged_rows, ids = rows[pick], [made[k].id for k in pick]
    else:
        judged_rows, ids = rows, [one.id for one in made]
    both = np.concatenate([judged_rows, others])
    labels = ["made"] * len(judged_rows) + ["real"] * len(others)
    found = out_of_fold(both, labels, [*ids, *(one.id for one in real)], repeats=1)
    chances, own = found.probabilities[:, 0], found.codes == 0
    gap = max(auroc(chances[own], chances[~own]).value, 0.5)
    names = np.unique([one.labels["class"] for one in test])
    codes = [np.searchsorted(names, [one.labels["class"] for one in side]) for side in (made, test)]
    fitted = Logistic().fit(Examples(rows, codes[0], weights))
    said = fitted.classes[fitted.chances(tested).argmax(axis=1)]
    return gap, float((said == codes[1]).mean())


def _image(change: Callable[[np.ndarray, int], np.ndarray]) -> Change:
    def shifted(sample: Sample, place: int) -> Sample:
        part = sample.parts["image"]
        pixels = cv2.imdecode(np.frombuffer(part.data, np.uint8), cv2.IMREAD_COLOR)
        done, data = cv2.imencode(".png", change(pixels, place))
        assert done
        return sample.with_part("image", Part("image", data.tobytes(), part.uri))

    return shifted


def _washed(pixels: np.ndarray, _: int) -> np.ndarray:
    return np.asarray(np.rint(70.0 + 0.5 * pixels), dtype=np.uint8)


def _blurred(pixels: np.ndarray, _: int) -> np.ndarray:
    return cv2.GaussianBlur(pixels, (0, 0), 1.5)


def _half_turned(pixels: np.ndarray, place: int) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(pixels)) if place % 2 else pixels


def _sound(change: Callable[[np.ndarray, int], np.ndarray]) -> Change:
    def shifted(sample: Sample, place: int) -> Sample:
        part = sample.parts["audio"]
        wave, rate = soundfile.read(io.BytesIO(part.data), dtype="float64")
        out = io.BytesIO()
        soundfile.write(out, np.clip(change(wave, rate), -1.0, 1.0), rate, format="WAV", subtype="PCM_16")
        return sample.with_part("audio", Part("audio", out.getvalue(), part.uri))

    return shifted


def _muffled(wave: np.ndarray, rate: int) -> np.ndarray:
    return 0.4 * np.asarray(sosfiltfilt(butter(1, 900.0, fs=rate, output="sos"), wave))


def _thin(wave: np.ndarray, rate: int) -> np.ndarray:
    return np.asarray(sosfiltfilt(butter(2, 700.0, btype="high", fs=rate, output="sos"), wave))


def _digits() -> Samples:
    return source("mnist", 1500)


def _prompts() -> Samples:
    """Prompts of five languages, 200 of each: the label is the language, and with it the voice."""
    found = []
    for language in LANGUAGES:
        held = [one for one in source(f"asterisk-{language}", 260) if _seconds(one) >= 0.5][:200]
        found += [replace(one, id=f"{language}-{one.id}", labels={"class": language}, group="") for one in held]
    return found


def _seconds(sample: Sample) -> float:
    return float(sample.facts.get("audio_seconds", "0"))


def _heard(samples: Samples) -> Samples:
    """Add the mean and the spread over time of 24 bands in dB as features."""
    return [one.with_part("features", Part("embedding", encode_vector(_bands(one)))) for one in samples]


def _bands(sample: Sample) -> np.ndarray:
    wave, rate = soundfile.read(io.BytesIO(sample.parts["audio"].data), dtype="float64")
    edges = np.geomspace(80.0, 3900.0, 25)
    pieces = [wave[k : k + rate // 4] for k in range(0, max(1, wave.size - rate // 4), rate // 4)]
    rows = []
    for piece in pieces:
        hertz, power = welch(piece, rate, nperseg=min(512, piece.size))
        sums = [np.interp(np.linspace(a, b, 8), hertz, power).mean() for a, b in itertools.pairwise(edges)]
        rows.append(10.0 * np.log10(np.array(sums) + 1e-12))
    return np.concatenate([np.mean(rows, axis=0), np.std(rows, axis=0)]).astype(np.float32) + 120.0


CORAL = {"embedding.coral": {"op": "embedding.coral"}}
WEIGHED: dict[str, dict[str, object]] = {
    "dataset.importance": {"op": "dataset.importance"},
    "dataset.subset_choice, half": {"op": "dataset.subset_choice", "share": 0.5, "keep": 0.5},
}
PICTURES: dict[str, dict[str, object]] = {
    "image.colour_match": {"op": "image.colour_match"},
    "image.histogram": {"op": "image.histogram"},
    "image.fourier": {"op": "image.fourier", "band": 0.05},
}
SOUNDS: dict[str, dict[str, object]] = {"audio.spectrum_match": {"op": "audio.spectrum_match"}}

CASES: Sequence[Case] = (
    Case("digits washed out", _digits, _image(_washed), pixel_features, {**PICTURES, **CORAL, **WEIGHED}),
    Case("digits blurred", _digits, _image(_blurred), pixel_features, {**PICTURES, **CORAL, **WEIGHED}),
    Case("every other digit turned", _digits, _image(_half_turned), pixel_features, {**CORAL, **WEIGHED}),
    Case("prompts muffled", _prompts, _sound(_muffled), _heard, {**SOUNDS, **CORAL, **WEIGHED}),
    Case("prompts thin", _prompts, _sound(_thin), _heard, {**SOUNDS, **CORAL, **WEIGHED}),
)

if __name__ == "__main__":
    sys.exit(main())
