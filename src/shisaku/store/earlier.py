"""What a study of an earlier run may hand on to generation: the real items that its student got wrong unseen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.store.run import Run

TABLE = "out_of_fold"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A finished study: `look` names its plan and data, `asked` are the items its student answered, `wrong` some."""

    study: str
    look: str
    asked: frozenset[str]
    wrong: frozenset[str]


def earlier(folder: Path | str, study: str, look: str = "") -> Earlier:
    """Read what a run says of a study. Raises DataError if it has none, or another than the one called `look`.

    Only answers about training items count, by models that did not see the item: what the study said of its test
    items is left alone. Wrong is an item that was answered wrong in more than half of the splits that asked.
    """
    run = Run.open(folder)
    records = {str(one["name"]): one for one in run.read_json("studies")}
    rows = [row for row in run.read_rows(TABLE) if row["study"] == study]
    found = str(records.get(study, {}).get("detail", {}).get("look", ""))
    if not rows or not found:
        raise DataError(
            say("The run holds no answers of a student of the study {study} about its training items", study=study),
            where=str(folder),
            next=say("It has the studies {names}; one that trained nothing real has no such answers",
                     names=", ".join(sorted(records)) or "-"),
        )  # fmt: skip
    if look not in ("", found):
        raise DataError(
            say("The study {study} of this run is not the one that the recipe was written for", study=study),
            where=str(folder),
            next=say("Take `look` out of the selection to choose anew from what is there now"),
        )
    asked = Counter(str(row["item"]) for row in rows)
    wrong = Counter(str(row["item"]) for row in rows if row["predicted"] != row["truth"])
    return Earlier(study, found, frozenset(asked), frozenset(item for item, n in wrong.items() if 2 * n > asked[item]))
