"""Trials as the rows that a run keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from shisaku.core.study import ArmScore, Prediction
from shisaku.lab.bench import Bench
from shisaku.lab.contrast import opponent
from shisaku.lab.items import Index, Items
from shisaku.lab.scored import Role, Scored, scored_rows
from shisaku.lab.trial import Trial
from shisaku.stats.accuracy import recalls


def arm_scores(bench: Bench, trials: Sequence[Trial]) -> Iterator[ArmScore]:
    """Yield the metric of every arm in every trial and domain."""
    for trial in trials:
        for arm in trial.arms:
            for domain, value in arm.values.items():
                yield ArmScore(
                    bench.spec.name,
                    trial.split,
                    trial.shots,
                    domain,
                    arm.arm,
                    value,
                    arm.n_train,
                    arm.n_synthetic,
                    len(trial.tests[domain]),
                    arm.weight,
                )


def predictions(bench: Bench, trials: Sequence[Trial]) -> Iterator[Prediction]:
    """Yield every test item under every arm in every trial; no answer is an empty label."""
    spec = bench.spec
    names = (*bench.classes, "")  # code -1 reads the last one
    for trial in trials:
        for domain in spec.domains:
            items, _ = bench.items(domain)
            rows = trial.tests[domain.name]
            for arm in trial.arms:
                for row, code in zip(rows, arm.predicted[domain.name], strict=True):
                    yield Prediction(
                        spec.name,
                        trial.split,
                        trial.shots,
                        domain.name,
                        arm.arm,
                        items.ids[row],
                        items.groups[row],
                        items.labels[row],
                        names[code],
                    )


def class_scores(bench: Bench, trials: Sequence[Trial]) -> Iterator[dict[str, Any]]:
    """Yield class scores, in the order of the classes: of test items, and of items that choices are made by."""
    spec, real = bench.spec, bench.data.real
    for trial in trials:
        for domain in spec.domains:
            tested = bench.items(domain)[0]
            chosen_by = bench.data.streams[domain.validate] if domain.validate else real
            for arm in trial.arms:
                about = {"study": spec.name, "split": trial.split, "shots": trial.shots}
                about |= {"domain": domain.name, "arm": arm.arm}
                roles: tuple[tuple[Role, Mapping[str, Scored], Items], ...] = (
                    ("test", arm.scores, tested),
                    ("validation", arm.validated, chosen_by),
                )
                for role, held, items in roles:
                    if domain.name in held:
                        lots = items.facts.get(spec.kpi.lot, ("",) * len(items))
                        names = (items.ids, items.groups, lots, bench.classes)
                        yield from scored_rows(about, role, held[domain.name], names)


def out_of_fold(bench: Bench, trials: Sequence[Trial]) -> Iterator[dict[str, Any]]:
    """Yield what a student answered for each real item while it was a training item, by a model that did not see it."""
    spec, real = bench.spec, bench.data.real
    names = (*bench.classes, "")
    for trial in trials:
        for item, code in trial.student.items():
            yield {
                "study": spec.name,
                "split": trial.split,
                "shots": trial.shots,
                "item": item,
                "truth": real.labels[bench.place[item]],
                "predicted": names[code],
            }


def per_class(bench: Bench, trials: Sequence[Trial]) -> Iterator[dict[str, Any]]:
    """Yield the recall of every class by arm, beside that of what it is compared with."""
    spec = bench.spec
    for shots in spec.shots:
        mine = [trial for trial in trials if trial.shots == shots]
        for domain in spec.domains:
            truths = [bench.items(domain)[1][list(trial.tests[domain.name])] for trial in mine]
            n = np.array([np.bincount(truth, minlength=len(bench.classes)) for truth in truths]).mean(axis=0)
            for arm in spec.arms:
                against = [trial.arm(opponent(spec, arm.name, trial)).predicted[domain.name] for trial in mine]
                base = _recalls(truths, against, len(n))
                own = _recalls(truths, [trial.arm(arm.name).predicted[domain.name] for trial in mine], len(n))
                for code, label in enumerate(bench.classes):
                    if n[code] > 0:
                        yield {
                            "study": spec.name,
                            "shots": shots,
                            "domain": domain.name,
                            "arm": arm.name,
                            "label": label,
                            "n": max(1, round(float(n[code]))),
                            "recall": own[code],
                            "comparator_recall": base[code],
                        }


def _recalls(truths: Sequence[Index], found: Sequence[Sequence[int]], n_classes: int) -> list[float]:
    """Mean recall per class over the splits that had items of it; 0.0 for a class that never had."""
    table = np.array([recalls(truth, codes, n_classes) for truth, codes in zip(truths, found, strict=True)])
    seen = (~np.isnan(table)).sum(axis=0)
    return [float(value) for value in np.nansum(table, axis=0) / np.maximum(seen, 1)]
