"""A quick audit beside other tools that do the same work, in one interleaved run: ratios, and which faults both find.

    python benchmarks/audit.py [--n 2000] [--texts 5000] [--rounds 3]        # --n 50000 for the figure that counts

The others are not among the project's dependencies. Install them where the project is installed, or in a copy of it:
``python -m pip install --group bench`` (pip 25.1 or later; the group stands in pyproject.toml). imagededup brings torch
with it and is therefore not in the group: it takes part where it is installed. Who is absent is said to be, and left
out; without any of them the ratio to the floor remains.

Pictures: JPEGs of 256 pixels, 1 % each with one of eight faults (`audit_pictures.py`). The floor is a serial loop of
the decode calls that the audit makes; two cores could do it in half the time, so the goal of 1.3 is on quick / (floor /
2). Every contender runs with two workers (the floor and imagehash with one), each round in a new process whose imports
are not timed; but processes that a contender starts are, so that at small `n` the start of shisaku's two decoding
workers (about a second of CPU each) and of other tools' pools weighs much, and nothing at 50,000. The order of a round
is that of the table; medians are told. Wall seconds mean something on an idle machine only. CPU seconds, those of child
processes included, stand beside them: they mean something under load too, but cannot say what waits for what, and grow
by some tens of per cent where other work shares the caches.

Quick audits more than the others do: copies across splits, noise, JPEG blocks, personal data, rights; `quick, same
issues` has only the detectors that cleanvision has too. Nothing is cached from one round to the next.

Agreement: of the planted pictures of each kind, how many both call that, only one of them, nobody; and how many clean
ones each calls so. shisaku calls the copy an issue and not the picture that it keeps, the others both.

Texts: `audit_texts.py`.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from audit_peers import CONTENDERS
from audit_pictures import KINDS, truth_of, write_pictures
from audit_texts import datasketch, documents, ours, timed

Row = dict[str, Any]
GOAL = 1.3
COPIES = ("exact", "near")
OURSELVES = {"quick", "quick, same issues", "command"}


def main() -> None:
    """Print all, or do the work of one contender in this process."""
    parser = argparse.ArgumentParser(description="A quick audit beside other tools.")
    parser.add_argument("--n", type=int, default=2000, help="pictures")
    parser.add_argument("--texts", type=int, default=5000, help="documents; 0: none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", nargs=2, metavar=("CONTENDER", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        print(json.dumps(_worked(asked.work[0], Path(asked.work[1]))))
        return
    if asked.n:
        _pictures(asked.n, asked.rounds)
    if asked.texts:
        _texts(asked.texts, asked.rounds)


def _worked(name: str, pictures: Path) -> Row:
    try:
        work = CONTENDERS[name](pictures)
    except ImportError as error:
        return {"absent": str(error)}
    wall, cpu = time.perf_counter(), _cpu()
    found = work()
    return {"wall": time.perf_counter() - wall, "cpu": _cpu() - cpu, "found": found}


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _pictures(n: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_pictures(folder, n)
        rows: dict[str, list[Row]] = {name: [] for name in CONTENDERS}
        for _ in range(rounds):
            for name in [one for one in rows if not rows[one] or "absent" not in rows[one][0]]:
                rows[name].append(_asked(name, folder / "pictures"))
        absent = {name: some[0]["absent"] for name, some in rows.items() if "absent" in some[0]}
        present = {name: some for name, some in rows.items() if name not in absent}
        _print_times(n, present)
        for name, why in absent.items():
            print(f"{name} is absent ({why}): it takes no part")
        _print_agreement(folder, {name: some[0]["found"] for name, some in present.items() if name != "floor"})


def _asked(name: str, pictures: Path) -> Row:
    order = [sys.executable, __file__, "--work", name, str(pictures)]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    told: Row = json.loads(done.stdout.splitlines()[-1])
    return told


def _print_times(n: int, rows: dict[str, list[Row]]) -> None:
    wall, cpu = (
        {name: statistics.median(r[key] for r in some) for name, some in rows.items()} for key in ("wall", "cpu")
    )
    print(f"{n} pictures, medians of {len(rows['floor'])} rounds; floor on two cores {wall['floor'] / 2:.2f} s")
    print(f"{'':20s}{'wall s':>9s}{'CPU s':>9s}{'pictures/s':>12s}{'wall / (floor/2)':>18s}{'CPU / floor':>13s}")
    for name in rows:
        of_floor, of_cpu = 2 * wall[name] / wall["floor"], cpu[name] / cpu["floor"]
        print(f"{name:20s}{wall[name]:9.2f}{cpu[name]:9.2f}{n / wall[name]:12.0f}{of_floor:18.2f}{of_cpu:13.2f}")
    print(f"quick / (floor / 2): {2 * wall['quick'] / wall['floor']:.2f} (goal {GOAL})")
    for name in ("cleanvision", "imagededup", "imagehash"):
        if name in rows:
            ours = "quick, same issues"
            ratios = wall[name] / wall[ours], cpu[name] / cpu[ours]
            print(f"{name} / {ours}: wall {ratios[0]:.2f}, CPU {ratios[1]:.2f}")


def _print_agreement(folder: Path, found: dict[str, dict[str, list[str]]]) -> None:
    planted, clean = truth_of(folder)
    mine = found["quick"]
    for name in OURSELVES & found.keys():
        if found[name] != mine:
            print(f"{name} calls other pictures than quick: that is a mistake")
    for name, theirs in ((name, some) for name, some in found.items() if name not in OURSELVES):
        print(f"quick and {name}, {len(clean)} clean pictures:")
        head = ("planted", "both", "only quick", "only other", "neither", "clean: quick", "clean: other")
        print(f"  {'':10s}" + "".join(f"{word:>14s}" for word in head))
        for kind in (kind for kind in KINDS if kind in theirs):
            one, other, there = set(mine[kind]), set(theirs[kind]), planted[kind]
            if kind in COPIES:  # who looks for copies need not tell those to the bit from others
                one, other = (set().union(*(some.get(each, ()) for each in COPIES)) for some in (mine, theirs))
            called = (there & one & other, (there & one) - other, (there & other) - one, there - one - other)
            figures = (len(there), *map(len, called), len(one & clean), len(other & clean))
            print(f"  {kind:10s}" + "".join(f"{figure:14d}" for figure in figures))


def _texts(n: int, rounds: int) -> None:
    sets, planted = documents(n)
    searches = {"shisaku": ours, "datasketch": datasketch}
    try:
        import datasketch as _present  # noqa: F401
    except ImportError as error:
        print(f"datasketch is absent ({error}): it takes no part")
        del searches["datasketch"]
    taken = {name: [] for name in searches}
    for _ in range(rounds):
        for name, search in searches.items():
            taken[name].append(timed(search, sets))
    print(f"{n} texts, shingled; {len(planted)} planted pairs with Jaccard 0.6 or more; medians of {rounds} rounds")
    spent = {name: statistics.median(cpu for _, cpu, _ in some) for name, some in taken.items()}
    pairs = {name: some[0][2] for name, some in taken.items()}
    for name, some in taken.items():
        wall, cpu = statistics.median(seconds for seconds, _, _ in some), spent[name]
        hit = len(pairs[name] & planted)
        told = f"{n / cpu:10.0f} texts/CPU s; planted found {hit}, other pairs {len(pairs[name]) - hit}"
        print(f"  {name:12s}{wall:8.2f} s wall{cpu:8.2f} s CPU{told}")
    if len(taken) == 2:
        one, other = pairs["shisaku"], pairs["datasketch"]
        same = f"both {len(one & other)}, only shisaku {len(one - other)}, only datasketch {len(other - one)}"
        print(f"  datasketch / shisaku: CPU {spent['datasketch'] / spent['shisaku']:.1f}; pairs of {same}")


if __name__ == "__main__":
    main()
