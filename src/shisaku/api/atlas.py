"""The atlas: search it, show an entry, add one, say where data of your own stands, put a use case together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.atlas.entry import Entry
    from shisaku.atlas.layers import Signs, Standing
    from shisaku.atlas.terms import Terms, Use
    from shisaku.store.describe import Description

MOST_CLASSES = 100


def atlas_search(
    words: Sequence[str] = (),
    *,
    layer: str = "",
    sub_category: str = "",
    modality: str = "",
    licence_class: str = "",
    min_size: str = "",
    domain: str = "",
    use: str = "",
) -> list[dict[str, Any]]:
    """Return the datasets of the atlas that fit, each with what its licence allows.

    All `words` must occur in name, sub-category, modalities or annotation. `min_size` is a number of items (``1M``) or
    hours (``100h``); `use` is commercial, research, redistribution or third-party. Raises DataError for a value that
    nothing can have.
    """
    from shisaku.atlas.search import Query, search

    query = Query(words, layer, sub_category, modality, licence_class, min_size, domain, use)
    return [_told(entry, terms) for entry, terms in search(query)]


def atlas_show(name: str) -> dict[str, Any]:
    """Return one dataset with all that is known of it and of its licence. Raises DataError where there is none."""
    from shisaku.atlas.catalogue import find
    from shisaku.atlas.rights import rights_of

    entry = find(name)
    return _told(entry, rights_of(entry))


def atlas_add(
    what: str | Path,
    *,
    name: str = "",
    layer: str = "",
    sub_category: str = "",
    modalities: str = "",
    size: str = "",
    annotation: str = "",
    licence: str = "own",
    home: str = "",
    replace: bool = False,
) -> dict[str, Any]:
    """Add a dataset of yours to the atlas: a folder or table, which is looked at, or a name.

    What is not given is taken from the data: name, modalities, size, and the layer by rules. The licence is ``own``
    unless said otherwise. Raises DataError for a name that is taken, and for a bare name without a layer.
    """
    from shisaku.atlas.catalogue import add
    from shisaku.atlas.entry import Entry
    from shisaku.atlas.rights import rights_of

    place = Path(what).expanduser()
    given = {"name": name, "layer": layer, "sub_category": sub_category, "modalities": modalities, "size": size,
             "annotation": annotation, "licence": licence, "home": home}  # fmt: skip
    if place.exists():
        from shisaku.store.describe import describe

        seen = describe(place)
        found = _from_data(seen, place)
    else:
        found = {"name": str(what)}
        if not layer:
            raise DataError(
                say("There is nothing at this path, and for a bare name the layer must be said"),
                where=str(what),
                next=say("Give --layer general, task or domain, or the path of the data"),
            )
    entry = Entry.from_row({**found, **{key: value for key, value in given.items() if value}}, own=True)
    file = add(entry, replace)
    return {**_told(entry, rights_of(entry)), "file": str(file)}


def atlas_classify(path: str | Path) -> dict[str, Any]:
    """Say in which layer the data at `path` stands, by rules, and why; empty where no rule fits. Raises DataError."""
    from shisaku.store.describe import describe

    return {"path": str(path), **_standing(describe(path), Path(path)).to_json()}


def atlas_back_test() -> dict[str, Any]:
    """Try the rules of `atlas_classify` on the built-in catalogue with its layers hidden.

    `as_listed` is with the sub-categories, which often name the layer; `without_sub_category` is the fairer test.
    """
    from shisaku.atlas.layers import back_test

    return {
        "as_listed": back_test().to_json(),
        "without_sub_category": back_test(with_sub_category=False).to_json(),
    }


def atlas_compose(use_case: str = "", *, stage: str = "", use: str = "commercial") -> dict[str, Any]:
    """Return what use cases are put together from: parts, entity, split, clocks, and data by stage and layer.

    Every dataset bears its licence class and whether `use` is allowed. Raises DataError for an unknown name.
    """
    from shisaku.atlas.compositions import compose
    from shisaku.atlas.search import Query

    Query(use=use).check()
    return compose(use_case, stage, cast("Use", use))


def _told(entry: Entry, terms: Terms) -> dict[str, Any]:
    return {**entry.to_json(), "rights": terms.to_json()}


def _standing(seen: Description, place: Path) -> Standing:
    from shisaku.atlas.layers import classify

    return classify(_signs(seen, place))


def _signs(seen: Description, place: Path) -> Signs:
    from shisaku.atlas.layers import Signs

    columns = [str(value) for name, value in seen.params.items() if name != "path" and isinstance(value, str)]
    words = [place.resolve().stem, seen.layout, seen.label, seen.group, *columns, *list(seen.classes)[:MOST_CLASSES]]
    return Signs(
        words=" ".join(words).replace("_", " "),
        layout=seen.reader,
        group=seen.group,
        n=seen.n,
        classes=len(seen.classes),
        label=seen.label,
        kinds=tuple(seen.modalities),
    )


def _from_data(seen: Description, place: Path) -> dict[str, Any]:
    standing = _standing(seen, place)
    known = asdict(seen)
    labels = f"label {seen.label}, {len(seen.classes)} classes" if seen.classes else "no labels"
    hours = f", {seen.seconds / 3600:.2f} h" if seen.seconds else ""
    return {
        "name": place.resolve().stem,
        "layer": standing.layer,
        "sub_category": standing.domain,
        "modalities": ",".join(known["modalities"]),
        "size": f"{seen.n} records{hours}",
        "annotation": labels,
        "path": str(place.resolve()),
        "fact_source": f"described as {seen.layout}",
        "confidence": "seen",
    }
