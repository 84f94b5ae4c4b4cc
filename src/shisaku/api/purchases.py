"""The log of purchases: what was bought and why, what it added, and how past expectations held."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.store.purchase_log import Logged, PurchaseLog, Realised


def next_bought(
    offer: str,
    n: int,
    cost: float,
    *,
    purpose: str,
    currency: str = "",
    plan: str | Path | None = None,
    expect: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Write a purchase down, before it shows what it was good for.

    The expected gain is that of the `plan` (a run of `next_plan`) for `n` items of the offer, or `expect`: low, mean
    and high in points. Raises DataError without a purpose or an expectation, and for figures that cannot be.
    """
    from shisaku.store.purchase_log import Logged

    if not purpose.strip():
        raise DataError(say("A purchase has a purpose"), next=say("Say with --purpose what it is to improve"))
    if n < 1 or not (cost >= 0 and math.isfinite(cost)):
        raise DataError(
            say("{n} items for {cost:g} cannot be bought", n=n, cost=cost),
            next=say("Give one item or more, and a cost of 0 or more"),
        )
    mean, low, high, unit, run = _expected(offer, n, currency, plan, expect)
    line = Logged(_now(), offer, n, cost, unit, purpose.strip(), mean, low, high, plan=run)
    log = _log()
    log.add(line)
    return {"id": line.id, **asdict(line), "file": str(log.path)}


def next_realised(
    run: str | Path, *, purchase: str = "", study: str = "", arm: str = "", domain: str = ""
) -> dict[str, Any]:
    """Set what a purchase added, by a verdict of `run`, beside what was expected, and say how expectations held so far.

    The arm is one with what was bought, against the comparator without it. Without `purchase` it is the only one that
    has no realised gain yet. Raises DataError where purchase or verdict are not clear.
    """
    from shisaku.lab.next_data.realised import verdict_for
    from shisaku.store.purchase_log import Realised
    from shisaku.store.run import Run

    log = _log()
    line = _one(log, purchase)
    opened = Run.open(Path(run).expanduser())
    verdict = verdict_for(opened.read_json("verdict")["verdicts"], study=study, arm=arm, domain=domain)
    low, high = verdict["interval"]
    found = Realised(
        line.id, _now(), str(opened.path), verdict["study"], verdict["domain"], verdict["arm"], verdict["comparator"],
        float(verdict["effect"]), low, high, verdict["decision"], bool(verdict["simulated"]),
    )  # fmt: skip
    log.add(found)
    return {"purchase": _row(line, found), **next_log()}


def next_log() -> dict[str, Any]:
    """Return every purchase with its purpose, expected and realised gain, and how past expectations held."""
    from shisaku.lab.next_data.realised import held

    log = _log()
    bought, realised = log.bought(), log.realised()
    pairs = {id_: (line, realised[id_]) for id_, line in bought.items() if id_ in realised}
    return {
        "schema": 1,
        "purchases": [_row(line, realised.get(id_)) for id_, line in bought.items()],
        "calibration": held(pairs).to_json(),
        "file": str(log.path),
    }


def _log() -> PurchaseLog:
    from shisaku.store.places import state_dir
    from shisaku.store.purchase_log import PurchaseLog

    return PurchaseLog(state_dir())


def _row(line: Logged, found: Realised | None) -> dict[str, Any]:
    return {"id": line.id, **asdict(line), "realised": asdict(found) if found is not None else None}


def _one(log: PurchaseLog, wanted: str) -> Logged:
    bought, realised = log.bought(), log.realised()
    open_ = [line for id_, line in bought.items() if id_ not in realised]
    fits = [line for id_, line in bought.items() if id_.startswith(wanted)] if wanted else open_
    if len(fits) == 1:
        return fits[0]
    there = ", ".join(f"{line.id} ({line.n} {line.offer})" for line in (open_ or bought.values()))
    raise DataError(
        say("Which purchase this is about is not clear"),
        where=str(log.path),
        next=say("Name one with --purchase: {there}", there=there or "-"),
    )


def _expected(
    offer: str, n: int, currency: str, plan: str | Path | None, expect: Sequence[float] | None
) -> tuple[float, float, float, str, str]:
    if (plan is None) == (expect is None):
        raise DataError(
            say("What the purchase is expected to add is said once"),
            next=say("Give --plan RUN (of `shisaku next plan`), or --expect LOW,MEAN,HIGH in points"),
        )
    if plan is not None:
        return _planned(offer, n, Path(plan).expanduser(), currency)
    values = tuple(expect or ())
    if len(values) != 3 or not all(map(math.isfinite, values)) or sorted(values) != list(values):
        raise DataError(
            say("An expectation is three rising numbers"), next=say("Write --expect LOW,MEAN,HIGH in points: 0.5,2,4")
        )
    low, mean, high = (value / 100.0 for value in values)
    return mean, low, high, currency or "units", ""


def _planned(offer: str, n: int, run: Path, currency: str) -> tuple[float, float, float, str, str]:
    import numpy as np

    from shisaku.store.run import Run

    document = Run.open(run).read_json("next")
    option = next((one for one in document["options"] if one["offer"] == offer), None)
    if option is None or option["gain"] is None:
        names = ", ".join(one["offer"] for one in document["options"] if one["gain"] is not None)
        raise DataError(
            say("The plan expects nothing of {offer}", offer=offer),
            where=str(run),
            next=say("Name one of: {names}; or say yourself what you expect, with --expect", names=names or "-"),
        )
    steps: Sequence[Mapping[str, Any]] = option["steps"]
    units = [0.0, *(float(step["units"]) for step in steps)]
    if n > units[-1]:
        raise DataError(
            say("The plan speaks of up to {most:.0f} of {offer}, not of {n}", most=units[-1], offer=offer, n=n),
            where=str(run),
            next=say("Plan with the larger budget, or say yourself what you expect, with --expect"),
        )
    unit = document["money"]["currency"]
    if currency not in ("", unit):
        raise DataError(
            say("It is priced in {one}, the budget in {other}", one=currency, other=unit),
            where=str(run),
            next=say("Convert it first: rates change, and nothing here knows them"),
        )
    ends = [
        float(np.interp(n, units, [0.0, *(step["gain"][key] for step in steps)])) for key in ("mean", "low", "high")
    ]
    return ends[0], ends[1], ends[2], unit, str(run)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
