"""The tables beside the verdicts: every cell with its n, interval, method and level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shisaku.report.curves import change
from shisaku.report.intervals import method_words
from shisaku.report.numbers import count, number, percent, score, signed
from shisaku.report.record import Row
from shisaku.report.words import Words, _, same

Cell = Words | str


@dataclass(frozen=True, slots=True)
class Table:
    """Heads and rows; the first `names` columns are names, and of the others those are numbers that hold no words."""

    heads: Sequence[Words]
    rows: Sequence[Sequence[Cell]]
    names: int

    @property
    def numbers(self) -> list[bool]:
        """Say of each column whether it is set as numbers."""
        return [i >= self.names and any(isinstance(row[i], str) for row in self.rows) for i in range(len(self.heads))]


def apart(rows: Sequence[Row]) -> Table | None:
    """Return the three scores: every arm in every place that shows one."""
    heads = (_("Shows"), _("Place of use"), _("Arm"), _("Score"), _("Change"), _("set against"), _("n (test)"),
             _("Splits"), _("Interval method, level"))  # fmt: skip
    return _table(heads, 3, [
        (_shows(r["shows"]), str(r["domain"]), str(r["arm"]), _score(r["score"]),
         change(r["gain"]) if r["gain"] else "–", str(r["against"]), count(r["n_test"]), count(r["splits"]),
         _method(r["score"]))
        for r in rows
    ])  # fmt: skip


def exchange(rows: Sequence[Row]) -> Table | None:
    """Return what made items are worth, and whether that is worth their price."""
    heads = (_("Place of use"), _("Arm"), _("Shots"), _("Real + made"), _("Same score as"),
             _("One is worth (real items)"), _("Interval"), _("May cost up to"), _("Does making pay?"), _("Splits"),
             _("Interval method, level"))  # fmt: skip
    return _table(heads, 2, [
        (_place(r), str(r["arm"]), _shots(r), f"{count(r['n'])} + {count(r['m'])}", _same_score(r),
         number(r["rate"]), f"[{_open(r['low'])}, {_open(r['high'])}]", _price(r), _pays(r), count(r["splits"]),
         _method(r))
        for r in rows
    ])  # fmt: skip


def money(cells: Sequence[Row]) -> Table | None:
    """Return what each purchase got for the budget, then every pair of purchases."""
    heads = (_("Place of use"), _("Arm"), _("Buys"), _("Shots"), _("Bought of what was asked"), _("set against"),
             _("Change"), _("Splits"), _("Interval method, level"))  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for cell in cells:
        about = (_shots(cell),)
        rows += [
            (_place(cell), str(r["arm"]), _buys(r["buys"]), *about, f"{count(r['got'])} / {count(r['asked'])}",
             str(cell["against"]), change(r["gain"]), count(cell["splits"]), _method(r["gain"]))
            for r in cell["rows"]
        ]  # fmt: skip
        rows += [
            (_place(cell), str(r["arm"]), "", *about, "", str(r["against"]), change(r["gain"]), count(cell["splits"]),
             _method(r["gain"]))
            for r in cell["pairs"]
        ]  # fmt: skip
    return _table(heads, 3, rows)


def degraded(found: Sequence[Row]) -> Table | None:
    """Return each arm at full quality and on degraded twins, row below row."""
    heads = (_("Arm"), _("Place of use"), _("Quality"), _("Shots"), _("Score"), _("Score of the comparator"),
             _("Change"), _("n (test)"), _("Splits"), _("Interval method, level"))  # fmt: skip
    return _table(heads, 3, [
        (str(one["arm"]), _place(r), _("degraded") if r["degraded"] else _("full"), _shots(one), _score(r["score"]),
         _score(r["comparator_score"]), change(r["gain"]), count(r["n_test"]), count(one["splits"]),
         _method(r["gain"]))
        for one in found for r in one["rows"]
    ])  # fmt: skip


def layers(steps: Sequence[Row]) -> Table | None:
    """Return the change of every step in every place."""
    heads = (_("Step"), _("Place of use"), _("Shows"), _("Shots"), _("Change"), _("Items before and after"),
             _("n (test)"), _("Splits"), _("Interval method, level"))  # fmt: skip
    return _table(heads, 3, [
        (_("{before} to {after}", before=str(s["before"]), after=str(s["after"])), _place(r), _shows(r["shows"]),
         _shots(s), change(r["gain"]), " / ".join(count(n) for n in s["items"].values()), count(r["n_test"]),
         count(s["splits"]), _method(r["gain"]))
        for s in steps for r in s["rows"]
    ])  # fmt: skip


def tests(rows: Sequence[Row]) -> Table | None:
    """Return equality and the p of three tests of no difference, beside the verdicts."""
    heads = (_("Place of use"), _("Arm"), _("set against"), _("Shots"), _("Equal within"), _("Interval for equality"),
             _("p of signs"), _("p of plain paired t"), _("p of McNemar (twice the median over splits)"),
             _("n (test)"), _("Splits"), _("Interval method, level"))  # fmt: skip
    return _table(heads, 3, [
        (str(r["domain"]), str(r["arm"]), str(r["comparator"]), _shots(r), _equal(r["tost"]),
         f"[{signed(r['tost']['low'])}, {signed(r['tost']['high'])}]", number(r["sign_flip"]["p"]),
         number(_two_sided(r["plain_paired_t"]["p"])), _mcnemar(r["mcnemar"]), count(r["n_test"]), count(r["splits"]),
         _method(r["tost"]))
        for r in rows
    ])  # fmt: skip


def variance(rows: Sequence[Row]) -> Table | None:
    """Return the share of the variance that is due to the split."""
    heads = (_("Place of use"), _("Arm"), _("set against"), _("Shots"), _("Part of the data split"), _("Interval"),
             _("sd between splits"), _("sd between models"), _("Splits × models"),
             _("Interval method, level"))  # fmt: skip
    return _table(heads, 3, [
        (str(r["domain"]), str(r["arm"]), str(r["against"]), _shots(r),
         "–" if r["share"] is None else percent(round(r["share"], 3)),
         f"[{percent(round(r['low'], 3))}, {percent(round(r['high'], 3))}]", score(r["split"] ** 0.5),
         score(r["init"] ** 0.5), f"{count(r['splits'])} × {count(r['inits'])}", _method(r))
        for r in rows
    ])  # fmt: skip


def slices(rows: Sequence[Row]) -> Table | None:
    """Return the effect of every contrast on parts of the test items."""
    heads = (_("Place of use"), _("Slice"), _("Arm"), _("set against"), _("Shots"), _("Change"), _("n (test)"),
             _("Splits"), _("Interval method, level"))  # fmt: skip
    return _table(heads, 4, [
        (str(r["domain"]), f"{r['fact']}: {r['value']}", str(r["arm"]), str(r["comparator"]), _shots(r),
         change(r["gain"]) if r["gain"] else _("too few"), count(r["n_test"]), count(r["splits"]),
         _method(r["gain"]) if r["gain"] else "–")
        for r in rows
    ])  # fmt: skip


def robust(rows: Sequence[Row]) -> Table | None:
    """Return each arm whole, on average over spoilt versions of a place, and in the worst of them."""
    heads = (_("Place of use"), _("Arm"), _("Shots"), _("Score"), _("Mean of spoilt versions"), _("Worst of them"),
             _("Score there"), _("n (test)"), _("Splits"), _("Interval method, level"))  # fmt: skip
    return _table(heads, 2, [
        (str(r["domain"]), str(r["arm"]), _shots(r), _score(r["whole"]), _mean(r["mean"]), str(r["worst"]["domain"]),
         _score(r["worst"]), count(r["n_test"]), count(r["splits"]), _method(r["whole"]))
        for r in rows
    ])  # fmt: skip


def costs(rows: Sequence[Row]) -> Table | None:
    """Return what each arm took to train and to answer, where that was metered; else nothing."""
    heads = (_("Arm"), _("Shots"), _("Training, s"), _("Answering, s"), _("Processor, s"), _("Peak memory, MiB"))
    return _table(heads, 1, [
        (str(r["arm"]), _shots(r), number(r["train_seconds"]), number(r["answer_seconds"]), number(r["cpu_seconds"]),
         number(r["peak_mb"]))
        for r in rows if "train_seconds" in r
    ])  # fmt: skip


def _mean(found: Row) -> str:
    return score(found["effect"]) if found["low"] is None else _score(found)


def _table(heads: Sequence[Words], names: int, rows: Sequence[Sequence[Cell]]) -> Table | None:
    return Table(heads, rows, names) if rows else None


def _shots(row: Row) -> Cell:
    return str(row["shots"]) if row["shots"] else _("all")


def _place(row: Row) -> Cell:
    domain = str(row["domain"])
    return _("{domain} (simulated)", domain=domain) if row.get("simulated") else domain


def _score(found: Row) -> str:
    return f"{score(found['effect'])} [{score(found['low'])}, {score(found['high'])}]"


def _method(found: Row) -> Words:
    return _("{method}, {level}", method=method_words(str(found["method"])), level=percent(float(found["level"])))


def _shows(which: object) -> Words:
    named = {"generalisation": _("generalisation"), "task": _("task"), "fit": _("fit"), "": same("–")}
    return named.get(str(which), same(which))


def _buys(what: object) -> Words:
    named = {"labels": _("new labels"), "repairs": _("corrected labels"), "made": _("made items")}
    return named.get(str(what), same(what))


def _same_score(row: Row) -> Cell:
    if row["above"] is not None:
        return _("more than {n}", n=count(row["above"]))
    if row["below"] is not None:
        return _("fewer than {n}", n=count(row["below"]))
    return count(row["n_eq"])


def _open(end: float | None) -> str:
    return "?" if end is None else number(float(end))


def _price(row: Row) -> Cell:
    found = row.get("break_even")
    return f"{number(found['price'])} {found['currency']}" if found and found["price"] is not None else "–"


def _pays(row: Row) -> Cell:
    found = row.get("break_even") or {}
    named = {"shown": _("yes, shown"), "shown_not": _("no, shown"), "open": _("not shown")}
    return named.get(str(found.get("pays")), same("–"))


def _equal(found: Row) -> Words:
    delta = signed(float(found["delta"])).removeprefix("+")
    p = number(float(found["p"]))
    if found["shown"]:
        return _("± {delta}: shown (p {p})", delta=delta, p=p)
    return _("± {delta}: not shown (p {p})", delta=delta, p=p)


def _two_sided(p: float) -> float:
    return min(1.0, 2 * min(p, 1 - p))


def _mcnemar(found: Row) -> Cell:
    return number(float(found["p"])) if found["p"] is not None else _("none: items in groups")
