"""Which data next: measure what is on offer on the data at hand, and plan what to buy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.api.next_features import cooked, items_at_hand, made_items, probe, twins_grouped
from shisaku.core.progress import Progress, silent
from shisaku.errors import DataError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.api.next_features import Cooked
    from shisaku.lab.items import Items
    from shisaku.lab.next_data.offer import Offer
    from shisaku.lab.next_data.offers_file import OffersFile
    from shisaku.lab.next_data.plan import NextPlan

PLAN = "next"
PAGE = "next.html"


def next_offers() -> str:
    """Return a file of offers to begin with, commented."""
    from shisaku.lab.next_data.offers_file import EXAMPLE

    return EXAMPLE


def next_plan(
    path: str | Path,
    offers: str | Path,
    *,
    label: str = "",
    by: str = "mean",
    out: str | Path | None = None,
    seed: int = 0,
    workers: int = 2,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Plan what to buy next for the labelled data at `path`, given a file of `offers` and a budget.

    Every offer is measured on inner divisions of what is at hand: learning curves, probes added to them, made items,
    doubted labels. What nothing is at hand of stays unknown, with the simulated value of a first look. The run folder
    (`out`, default ``runs/next-...``) keeps features, the plan (``next.json``) and a page. Raises RecipeError for
    offers, DataError for data that cannot be planned with.
    """
    from shisaku.atlas.catalogue import find
    from shisaku.lab.next_data.offer import Money
    from shisaku.lab.next_data.offers_file import load_offers
    from shisaku.lab.next_data.plan import plan_next

    chosen = _by(by)
    file = load_offers(offers)
    shape = file.shape
    for name in {one.atlas for one in shape.offers if one.atlas}:
        find(name)
    made = [one for one in shape.offers if one.kind == "made"]
    found = cooked(
        Path(path).expanduser(), made, label=label, out=Path(out) if out is not None else None, workers=workers,
        progress=progress,
    )  # fmt: skip
    items = items_at_hand(found)
    money = Money(shape.budget, shape.currency, shape.cost_per_error, shape.items_per_year)
    listed = list(_offers(file, items, found, workers, progress))
    plan = plan_next(items, listed, money, by=chosen, seed=seed, progress=progress)
    document = _document(plan, listed, found, file)
    found.run.write_json(PLAN, document)
    from shisaku.report.next_data import write_next_page

    page = write_next_page(document, found.run.path / PAGE)
    return {**document, "page": str(page)}


def _by(wanted: str) -> Any:
    from shisaku.lab.next_data.spend import BYS

    if wanted not in BYS:
        raise DataError(
            say("{option} knows no {value}", option="--by", value=wanted),
            next=say("Give one of: {names}", names=", ".join(BYS)),
        )
    return wanted


def _offers(
    file: OffersFile, items: Items, found: Cooked, workers: int, progress: Progress
) -> Iterator[Offer]:  # fmt: skip
    from shisaku.lab.next_data.offer import Offer

    made = 0
    for number, shape in enumerate(file.shape.offers):
        held, looked = None, {}
        if shape.kind == "made":
            held, made = made_items(found, made), made + 1
        elif shape.probe:
            folder = found.run.path / "probes" / str(number)
            held = twins_grouped(
                probe(file.path(shape.probe), found, out=folder, workers=workers, progress=progress), items
            )  # fmt: skip
        elif shape.looked:
            looked = _looked(file.path(shape.looked))
        available = shape.available if shape.available is not None else len(items) - len(looked)
        yield Offer(
            shape.name, shape.kind, shape.price, available, shape.currency, tuple(shape.classes), held, looked,
            shape.atlas,
        )  # fmt: skip


def _looked(path: Path) -> dict[str, str]:
    """Read which labels were looked at again: a table with the columns id and label. Raises DataError."""
    from shisaku.store.readers.rows import read_rows

    table = read_rows(path)
    table.require({"id": "id", "label": "label"})
    found = {}
    for row in table.rows:
        if row.problem:
            raise DataError(row.problem, f"{path}:{row.line}")
        found[row.cell("id")] = row.cell("label")
    return found


def _document(plan: NextPlan, offers: Sequence[Offer], found: Cooked, file: OffersFile) -> dict[str, Any]:
    from shisaku.lab.next_data.lines import plan_lines
    from shisaku.lab.next_data.shown import back_test_line, habit_line

    lines = [*plan_lines(plan), *_rights_lines(offers), back_test_line(), habit_line()]
    return {
        "schema": 1,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": str(found.run.path),
        "label": found.label,
        "metric": "balanced_accuracy",
        **{name: value for name, value in asdict(plan).items() if name != "money"},
        "options": [{**asdict(one), "per_money": one.per_money} for one in plan.options],
        "money": asdict(plan.money),
        "spent": plan.spent,
        "offers": file.shape.model_dump(mode="json"),
        "lines": [line.with_text() for line in lines],
    }


def _rights_lines(offers: Sequence[Offer]) -> Iterator[Message]:
    from shisaku.atlas.catalogue import find
    from shisaku.atlas.rights import rights_of

    for offer in offers:
        if offer.entry:
            terms = rights_of(find(offer.entry))
            allowed = say("allowed") if "commercial" in terms.uses else say("not known to be allowed")
            yield say(
                "{offer} is {entry} of the atlas, licence {licence}: commercial use {allowed}",
                offer=offer.name, entry=offer.entry, licence=terms.licence or "-", allowed=allowed,
            )  # fmt: skip
