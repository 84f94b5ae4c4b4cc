"""List what can stand in a recipe."""

from __future__ import annotations

import inspect
from typing import Any


def list_ops() -> list[dict[str, Any]]:
    """Return every registered op: name, what it is, its first sentence, parts and parameters."""
    import dataclasses

    from shisaku.core.metric import Metric
    from shisaku.registry.doors import OPS, names, op_class

    listed = []
    for name in names(OPS):
        cls = op_class(name)
        doc = inspect.getdoc(cls) or ""
        listed.append(
            {
                "name": name,
                "kind": "metric" if issubclass(cls, Metric) else "transform",
                "what": doc.splitlines()[0] if doc else "",
                "doc": doc,
                "reads": dict(cls.reads),
                "writes": dict(cls.writes),
                "weights": list(cls.models),
                "params": {
                    f.name: repr(f.default) if f.default is not dataclasses.MISSING else "required"
                    for f in dataclasses.fields(cls)  # type: ignore[arg-type]
                },
            }
        )
    return listed
