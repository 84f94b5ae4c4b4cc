"""Does planning what to buy next beat buying at random? On real data that is hidden, bought and revealed.

    python benchmarks/next_data.py [--repeats 20] [--only NAME] [--json FILE] [--keep]

Of every dataset (MNIST with scikit-learn's digits beside it, stamps, names of other stamps, faces, telephone prompts
by language, wines, tumours) worlds are drawn: some eight items per class at hand (20 where there are two classes), or
a third of that of every other class; none, a tenth or a quarter of all labels wrong; the rest hidden for sale, as
labels (any, of the rarer classes, of the others), as repairs of labels at hand, as a near and a far source, and as
made copies; prices drawn up to a factor of three around a base. The planner pays for its first looks from the same
budget as everybody has. Scores are balanced accuracies on items that nobody trained on. How the planner measures was
settled before these datasets were asked: on scikit-learn's digits, texts of prompts, and simulated worlds.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from shisaku.lab import next_data
from shisaku.lab.next_data.back_test import back_test
from shisaku.lab.next_data.claim import POINTS
from shisaku.lab.next_data.policies import ALONE, RANDOM
from shisaku.lab.next_data.regret import BackTest, Difference, OnDataset
from shisaku.lab.next_data.repeat import Repeat
from shisaku.lab.next_data.shown import NAME
from shisaku.lab.next_data.summary import summarised
from shisaku.stats.proportions import clopper_pearson

KEPT = Path(next_data.__file__).parent / NAME
NAMES = ("mnist", "stamps", "names", "voices", "cancer", "faces", "wine")  # the longest first
COLLECTIONS = {"names": "stamps"}  # other items of the same collection: no unit of its own


def main() -> int:
    """Print what came out, dataset by dataset and over datasets."""
    parser = argparse.ArgumentParser(description="The planner of `shisaku next` against chance and against an oracle.")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--only", choices=NAMES, action="append")
    parser.add_argument("--json", type=Path, help="also write everything here, repeat by repeat")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="keep the summary that `shisaku next plan` quotes")
    asked = parser.parse_args()
    names, began = asked.only or list(NAMES), time.monotonic()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(asked.workers, mp_context=context) as pool:
        parts = list(pool.map(_tested, names, [asked.repeats] * len(names)))
    found = {name: repeats for name, (repeats, _) in zip(names, parts, strict=True)}
    summary = summarised(found, [name for name, (_, apart) in zip(names, parts, strict=True) if apart], COLLECTIONS)
    _print(summary)
    print(f"\n{time.monotonic() - began:.0f} s")
    if asked.keep:
        KEPT.write_text(json.dumps(_kept(summary, asked.repeats), indent=1) + "\n", "utf-8")
    if asked.json:
        held = {name: [one.to_json() for one in repeats] for name, repeats in found.items()}
        asked.json.write_text(json.dumps({**summary.to_json(), "repeats": held}, indent=1), "utf-8")
    return 0


def _kept(summary: BackTest, repeats: int) -> dict[str, object]:
    """Return what a plan quotes of the back-test."""
    told = summary.to_json()
    over = {name: told["over"][name] for name in (RANDOM, "habit", "regret", "random_regret")}
    datasets = [one.dataset for one in summary.datasets]
    return {
        "schema": 1,
        "claim": summary.claim,
        "units": summary.units,
        "repeats": repeats,
        "datasets": datasets,
        "over": over,
    }


def _tested(name: str, repeats: int) -> tuple[list[Repeat], bool]:
    from next_data_sets import stock

    held = stock(name)
    return back_test(held, repeats), held.parts >= repeats


def _print(summary: BackTest) -> None:
    for line in summary.lines():
        print(line)
    print("\nPlanner minus others, points [95 %]; over datasets Student's t, a collection a unit")
    rows = [RANDOM, "even", "planner, low", "planner, high", "nothing"]
    rows += [name for name in summary.datasets[0].against if name.startswith(ALONE)]
    print(_row("", [one.dataset for one in summary.datasets], "over datasets"))
    for name in rows:
        cells = [_points(one.against[name]) for one in summary.datasets]
        print(_row(name, cells, _points(summary.over[name])))
    habits = [_points(one.against[summary.habit[one.dataset]]) for one in summary.datasets]
    print(_row("habit (best elsewhere)", habits, _points(summary.over["habit"])))
    print(_row("  which is", [summary.habit[one.dataset].removeprefix(ALONE) for one in summary.datasets], ""))
    print("\nRegret against an oracle that sees the test (an upper bound)")
    print(_row("planner", [_points(one.regret) for one in summary.datasets], _points(summary.over["regret"])))
    chance = [_points(one.random_regret) for one in summary.datasets]
    print(_row("chance", chance, _points(summary.over["random_regret"])))
    print(_row("part captured", [_share(one.captured) for one in summary.datasets], ""))
    print("\nBeside")
    print(_row("worlds, n trained, n tested",
               [f"{one.repeats}, {one.n_train:.0f}, {one.n_test:.0f}" for one in summary.datasets], ""))  # fmt: skip
    print(_row("interval", [one.against[RANDOM].method for one in summary.datasets], ""))
    print(_row("plain paired t", [_points(one.paired) for one in summary.datasets], ""))
    print(_row("score: chance, planner, oracle", [_scores(one) for one in summary.datasets], ""))
    print(_row("realised inside 95 %", [_covered(one.covered, one.foretold) for one in summary.datasets], ""))
    ranked = ["-" if one.ranked is None else f"{one.ranked:.2f}" for one in summary.datasets]
    print(_row("rank correlation", ranked, ""))
    for offer in sorted({name for one in summary.datasets for name in one.by_offer}):
        told = [_both(one.by_offer.get(offer)) for one in summary.datasets]
        print(_row(f"expected, realised: {offer}", told, ""))
    claims = [f"{one.bought} of {one.repeats}; {one.right} of {one.claims}" for one in summary.datasets]
    print(_row("BUY; comparisons right", claims, ""))


def _row(name: str, cells: Sequence[str], last: str) -> str:
    return f"{name:34}" + "".join(f"{cell:>22}" for cell in cells) + f"{last:>23}"


def _points(one: Difference) -> str:
    if one.low is None or one.high is None:
        return f"{POINTS * one.mean:+.1f} [-]"
    return f"{POINTS * one.mean:+.1f} [{POINTS * one.low:+.1f}, {POINTS * one.high:+.1f}]"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _both(pair: tuple[float, float] | None) -> str:
    return "-" if pair is None else f"{POINTS * pair[0]:+.1f}, {POINTS * pair[1]:+.1f}"


def _scores(one: OnDataset) -> str:
    shown = (one.scores[RANDOM], one.scores["planner, mean"], one.scores["oracle"])
    return ", ".join(f"{POINTS * score:.1f}" for score in shown)


def _covered(hits: int, n: int) -> str:
    low, high = clopper_pearson(hits, n)
    return f"{hits / n:.0%} [{low:.0%}, {high:.0%}]"


if __name__ == "__main__":
    sys.exit(main())
