"""An op is a frozen value that says truly what it is."""

from __future__ import annotations

import dataclasses
import inspect
from multiprocessing.reduction import ForkingPickler
from typing import Any

from shisaku.core.metric import Metric
from shisaku.core.op import Op
from shisaku.core.sample import KINDS
from shisaku.testing.duty import must


def check_value(op_class: type[Op], params: dict[str, Any]) -> Op:
    """Return the op after checking it as a value: frozen, equal, hashable, sent to other processes, documented."""
    op, twin = op_class(**params), op_class(**params)
    frozen = dataclasses.is_dataclass(op_class) and op_class.__dataclass_params__.frozen
    must(frozen, op, "must be a frozen dataclass")
    must(op == twin and hash(op) == hash(twin), op, "must be equal and hash equal with equal parameters")
    must(op.fingerprint == twin.fingerprint, op, "must have one fingerprint for equal parameters")
    sent = ForkingPickler.loads(ForkingPickler.dumps(op))
    must(sent == op and sent.fingerprint == op.fingerprint, op, "must survive the way to another process")
    shelf, _, rest = op.name.partition(".")
    must(bool(shelf and rest) and op.version >= 1, op, "must have a name like shelf.op and a version from 1")
    doc = inspect.cleandoc(op_class.__doc__ or "")
    must("Example" in doc and op.name in doc, op, "must have a docstring with an example that names it")
    kinds = {*op.reads.values(), *op.writes.values(), *op.follows.values()}
    must(kinds <= set(KINDS), op, "must read and write known kinds of parts")
    must(
        bool(op.reads) or isinstance(op, Metric) or getattr(op, "makes", "") == "views",
        op,
        "must say what it reads (a Metric or a view may read labels and facts alone)",
    )
    for field in (*op.reads, *op.writes, *op.follows):
        _check_part_field(op, field)
    return op


def _check_part_field(op: Op, field: str) -> None:
    must(field in op.params(), op, f"must have the field {field} that its reads or writes speak of")
    renamed = f"other_{getattr(op, field)}"
    other = type(op)(**{**op.params(), field: renamed})
    must(other != op, op, f"must differ if {field} differs")
    must(other.fingerprint != op.fingerprint, op, f"must have another fingerprint if {field} differs")
    parts = {**other.reads_parts(), **other.writes_parts(), **other.follows_parts()}
    must(renamed in parts, op, f"must take the part's name from {field}")
