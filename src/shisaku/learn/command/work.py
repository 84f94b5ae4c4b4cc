"""The work folder of a learner's program: what it is asked (task.json), and the rows as a table beside an array."""

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.learn.examples import Examples
from shisaku.store.atomic import disk_errors

SCHEMA: Final = 1
TASK, PREDICTIONS, MODEL = "task.json", "predictions.jsonl", "model"
ID_DIGITS: Final = 16


class Work:
    """A folder of its own for one model, which goes with the object unless it is kept."""

    def __init__(self, about: Mapping[str, Any]) -> None:
        with disk_errors(Path(tempfile.gettempdir())):
            self.path = Path(tempfile.mkdtemp(prefix="shisaku-command-"))
            (self.path / MODEL).mkdir()
        self._about = {"schema": SCHEMA, **about, "model": MODEL, "predictions": PREDICTIONS}
        self._tables: dict[str, Any] = {"train": None, "val": None, "test": None}
        self._gone = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def keep(self) -> None:
        """Leave the folder where it is: its user wants to look at what went wrong."""
        self._gone.detach()

    def remove(self) -> None:
        """Remove the folder now."""
        self._gone()

    def learnt_from(self, name: str, rows: Examples) -> None:
        """Write rows with all that is known of them as ``train`` or ``val``. Raises MachineError for a full disk."""
        columns = [
            {
                "row": place,
                "id": name_of,
                **({"label": str(rows.y[place])} if len(rows.y) else {}),
                "weight": float(rows.weight[place]),
                **({"soft": _soft(rows.soft[place])} if rows.soft.size else {}),
                "made": bool(rows.made[place]) if len(rows.made) else False,
                "group": rows.groups[place] if rows.groups else "",
                "media": rows.media[place] if rows.media else "",
            }
            for place, name_of in enumerate(told_ids(rows))
        ]
        self._write(name, columns, rows)

    def asked(self, rows: Examples) -> tuple[str, ...]:
        """Write the rows to answer for, without label, group, weight or origin; return the ids they are told by."""
        names = told_ids(rows)
        media = rows.media or ("",) * len(rows)
        self._write(
            "test", [{"row": i, "id": name, "media": media[i]} for i, name in enumerate(names)], rows, answers=False
        )
        return names

    def ask(self, phase: str) -> None:
        """Write ``task.json`` for the phase ``fit`` or ``predict``, and take an earlier answer away."""
        task = {**self._about, "phase": phase, **self._tables}
        with disk_errors(self.path):
            (self.path / TASK).write_text(json.dumps(task, ensure_ascii=False, indent=1), encoding="utf-8")
            (self.path / PREDICTIONS).unlink(missing_ok=True)

    def _write(self, name: str, columns: Sequence[Mapping[str, Any]], rows: Examples, *, answers: bool = True) -> None:
        told = {"rows": len(rows), "table": f"{name}.jsonl", "features": f"{name}.npy"}
        arrays = {told["features"]: rows.x}
        if answers and rows.targets.size:
            told["targets"] = f"{name}_targets.npy"
            arrays[told["targets"]] = rows.targets
        text = "".join(json.dumps(column, ensure_ascii=False) + "\n" for column in columns)
        with disk_errors(self.path):
            (self.path / f"{name}.jsonl").write_text(text, encoding="utf-8")
            for file, array in arrays.items():
                np.save(self.path / str(file), np.ascontiguousarray(array, np.float32), allow_pickle=False)
        self._tables[name] = told


def told_ids(rows: Examples) -> tuple[str, ...]:
    """Return an id per row that says nothing of it: ids of data often hold a folder's name, which is the label.

    The same id has the same name in every table; a row that comes twice, or has no id, is told by its position too.
    """
    if not rows.ids:
        return tuple(f"row-{place}" for place in range(len(rows)))
    names = [fingerprint(one)[:ID_DIGITS] for one in rows.ids]
    often = Counter(names)
    return tuple(name if often[name] == 1 else f"{name}-{place}" for place, name in enumerate(names))


def _soft(chances: Sequence[float]) -> dict[str, float]:
    return {str(code): float(chance) for code, chance in enumerate(chances) if chance > 0}
