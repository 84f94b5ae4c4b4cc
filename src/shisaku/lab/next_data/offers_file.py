"""The file in which a user says what can be bought: read whole, or one error that holds all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.registry.complaints import complaints
from shisaku.registry.finding import Finding, problems_of
from shisaku.registry.yaml_tree import MAX_BYTES, Node, compose

Word = Annotated[str, Field(min_length=1, max_length=200)]
EXAMPLE = """\
# What can be bought next, for `shisaku next plan DATA OFFERS`. All prices are in one currency.
currency: JPY
budget: 30000
# What one wrong answer costs and how many items there are a year: both, or none (then no gain is told in money).
# cost_per_error: 120
# items_per_year: 20000
offers:
  # More items of your own, labelled, as they come.
  - {name: labels, kind: labels, price: 100, available: 500}
  # The same of some classes alone, at the price of looking for them.
  # - {name: cracks, kind: labels, classes: [crack], price: 400, available: 40}
  # A second look at labels at hand. `looked`: a table (id, label) of those looked at already.
  - {name: repairs, kind: repairs, price: 40}
  # Items of another collection. `probe`: a few of them, in a layout like your own data, with labels.
  # - {name: vendor, kind: source, price: 30, available: 2000, probe: vendor-probe/}
  # A dataset of the atlas that nothing is at hand of: only what a first look is worth can be said.
  # - {name: public, kind: source, price: 20, available: 5000, atlas: MVTec AD}
  # Made from your own items; `op` defaults to the usual variation of the modality.
  - {name: copies, kind: made, price: 2, available: 400}
"""


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class OfferShape(_Shape):
    """One offer as it is written."""

    name: Word
    kind: Literal["labels", "repairs", "source", "made"]
    price: Annotated[float, Field(gt=0)]
    available: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    currency: str = ""
    classes: list[Word] = []
    probe: str = ""
    looked: str = ""
    atlas: str = ""
    op: str = ""
    params: dict[str, Any] = {}


class OffersShape(_Shape):
    """The whole file."""

    currency: Word
    budget: Annotated[float, Field(gt=0)]
    cost_per_error: Annotated[float, Field(ge=0)] | None = None
    items_per_year: Annotated[float, Field(gt=0)] | None = None
    offers: Annotated[list[OfferShape], Field(min_length=1, max_length=50)]


@dataclass(frozen=True, slots=True)
class OffersFile:
    """What the file says, and the folder that its paths start at."""

    shape: OffersShape
    base: Path

    def path(self, written: str) -> Path:
        """Return a path of the file in full."""
        return (self.base / Path(written).expanduser()).resolve()


def load_offers(path: Path | str) -> OffersFile:
    """Read the file. Raises RecipeError with every problem and its line."""
    place = Path(path).expanduser()
    again = say("`shisaku next offers` prints one to begin with")
    try:
        with place.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        cause = error.strerror or str(error)
        raise RecipeError(say("The offers cannot be read: {cause}", cause=cause), str(place), again) from error
    try:
        tree = compose(raw, str(place))
        shape = OffersShape.model_validate(tree.plain())
    except RecipeError as error:
        raise RecipeError(say("The offers cannot be read"), str(place), again, error.problems) from None
    except ValidationError as error:
        raise _error(complaints(error, OffersShape), tree, place) from None
    wrong = [finding for number, offer in enumerate(shape.offers) for finding in _findings(number, offer, shape)]
    if wrong:
        raise _error(wrong, tree, place)
    return OffersFile(shape, place.resolve().parent)


def _findings(number: int, offer: OfferShape, shape: OffersShape) -> list[Finding]:
    """Return what does not go together; what only the data can tell is said when they are there."""
    found = []

    def wrong(key: str, what: Any, hint: Any = None) -> None:
        found.append(Finding(("offers", number, key), what, hint))

    if offer.available is None and offer.kind != "repairs":
        wrong("available", say("It is missing"))
    if offer.currency not in ("", shape.currency):
        wrong(
            "currency",
            say("It is priced in {one}, the budget in {other}", one=offer.currency, other=shape.currency),
            say("Convert it first: rates change, and nothing here knows them"),
        )
    allowed = {"labels": {"classes"}, "repairs": {"looked"}, "source": {"probe", "atlas"}, "made": {"op", "params"}}
    for key in ("classes", "looked", "probe", "atlas", "op", "params"):
        if getattr(offer, key) and key not in allowed[offer.kind]:
            wrong(key, say("{key} does not go with the kind {kind}", key=key, kind=offer.kind))
    return found


def _error(findings: list[Finding], tree: Node, place: Path) -> RecipeError:
    problems = {str(one): one for one in problems_of(findings, tree.place)}
    return RecipeError(
        say("What can be bought cannot be planned with"),
        str(place),
        say("Correct these lines"),
        sorted(problems.values(), key=lambda one: (one.line == 0, one.line)),
    )
