"""Cases that others report: with their source, and never above evidence grade D."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from shisaku.lab.cases.grade import Evidence, grade
from shisaku.registry.yaml_tree import compose

FILE = "literature.yaml"
OUTCOMES = ("helped", "hurt", "mixed", "not shown")


@cache
def literature() -> tuple[dict[str, Any], ...]:
    """Return the cases that ship with the package, in the order of the file."""
    text = resources.files("shisaku.lab.cases").joinpath(FILE).read_bytes()
    letter, why = grade(Evidence(reported=True))
    return tuple(
        {
            "source": "literature",
            **one,
            "cite": f"arXiv:{one['arxiv']}" if "arxiv" in one else f"doi:{one['doi']}",
            "grade": letter,
            "why": why.to_json(),
        }
        for one in compose(text, FILE).plain()["cases"]
    )
