"""Wrong labels planted into MNIST-5k: what the audit calls wrong, beside cleanlab called directly.

``PYTHONPATH=benchmarks python benchmarks/label_noise.py [--n N] [--seeds S] [--embed]``

Three callers see the same planted labels: the detector ``dataset.label_errors`` of the audit; cleanlab on the very
probabilities that the detector made; and cleanlab on plain ones (scikit-learn's logistic regression as it comes, one
division into five folds). Features are the pixels at 14 by 14, or those of image.embed with ``--embed`` (slow: use a
subset). Precision and recall are means over seeds with a 95 % t interval.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence

import numpy as np
from planted.faults_labels import LABEL, embedded, mislabelled, pixels
from planted.sources import source

from shisaku.core.sample import Sample
from shisaku.learn.one_thread import one_thread
from shisaku.ops.dataset.judged import judged, table
from shisaku.ops.dataset.label_errors import LabelErrors

RATES = (0.05, 0.1, 0.2)
CALLERS = ("audit", "cleanlab, same probabilities", "cleanlab, plain probabilities")


def main() -> None:
    """Print a line per rate and caller, and the estimated share of wrong labels beside the true one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=0, help="at most so many pictures (0: all 5000)")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--embed", action="store_true", help="features of image.embed in place of pixels")
    asked = parser.parse_args()
    clean = (embedded if asked.embed else pixels)(source("mnist", asked.n))
    kind = "image.embed" if asked.embed else "pixels 14 x 14"
    print(f"MNIST, n = {len(clean)}, {kind}, {asked.seeds} seeds; mean [95 % t interval]")
    for rate in RATES:
        found: dict[str, list[tuple[float, float]]] = {caller: [] for caller in CALLERS}
        shares = []
        for seed in range(asked.seeds):
            planted = mislabelled(clean, rate, seed)
            called, share = _called(planted.samples)
            shares.append(share)
            for caller, ids in called.items():
                right = len(ids & planted.faulty)
                found[caller].append((right / max(1, len(ids)), right / len(planted.faulty)))
        for caller, pairs in found.items():
            precision, recall = zip(*pairs, strict=True)
            print(f"{rate:>5.0%}  {caller:<30} precision {_mean(precision)}  recall {_mean(recall)}", flush=True)
        covered = sum(low <= rate <= high for _, low, high in shares)
        means = np.mean(shares, axis=0)
        print(
            f"{rate:>5.0%}  estimated share {means[0]:.3f} [{means[1]:.3f}, {means[2]:.3f}],"
            f" truth inside in {covered} of {len(shares)}",
            flush=True,
        )


def _called(samples: list[Sample]) -> tuple[dict[str, set[str]], tuple[float, float, float]]:
    from cleanlab.filter import find_label_issues

    op = LabelErrors(label=LABEL)
    state = op.measure(samples)
    ours = {score.sample for score in op.scores(state) if score.issue}
    finding = op.findings(state)[0]
    assert finding.value is not None
    assert finding.low is not None
    assert finding.high is not None
    data = table(state)
    models = judged(data, op.folds, op.repeats, op.least, op.seed)
    same = find_label_issues(models.codes, models.probabilities, n_jobs=1)
    plain = find_label_issues(models.codes, _plain(data.rows[models.places], models.codes), n_jobs=1)
    ids = [data.ids[place] for place in models.places]
    called = (ours, {ids[k] for k in np.flatnonzero(same)}, {ids[k] for k in np.flatnonzero(plain)})
    return dict(zip(CALLERS, called, strict=True)), (finding.value, finding.low, finding.high)


def _plain(rows: np.ndarray, codes: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        return cross_val_predict(LogisticRegression(max_iter=300), rows, codes, cv=folds, method="predict_proba")


def _mean(values: Sequence[float]) -> str:
    from scipy.stats import t

    mean, n = float(np.mean(values)), len(values)
    reach = float(t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    return f"{mean:.3f} [{mean - reach:.3f}, {mean + reach:.3f}]"


if __name__ == "__main__":
    main()
