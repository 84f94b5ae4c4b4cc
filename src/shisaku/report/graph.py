"""The recipe's graph as the run holds it: which step makes which stream, from what, by which op."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """A step or a keep-rule: its op (empty for a keep-rule) and the streams it reads.

    `rules` are the measuring steps that a keep-rule goes by; `by` the labels or facts over whose values a step's
    subsample was spread.
    """

    op: str
    sources: tuple[str, ...]
    rules: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """Every step and keep-rule of a recipe by the name of the stream it makes."""

    nodes: Mapping[str, Node]

    @classmethod
    def of(cls, recipe: Mapping[str, Any]) -> Graph:
        """Read the graph of a recipe's plain form; what is not of that form is left out."""
        steps = {str(s["name"]): _step(s) for s in _listed(recipe, "steps", "name")}
        keeps = {str(k["name"]): _keep(k) for k in _listed(recipe, "keep", "name")}
        return cls(steps | keeps)

    def maker(self, stream: str) -> str:
        """Return the op that made the samples of a stream, through keep-rules; empty for what came in."""
        node = self.nodes.get(stream)
        if node is None:
            return ""
        return node.op or (self.maker(node.sources[0]) if node.sources else "")

    def sources(self, stream: str) -> tuple[str, ...]:
        """Return the streams that a step reads."""
        node = self.nodes.get(stream)
        return node.sources if node else ()

    def rules(self, stream: str) -> tuple[str, ...]:
        """Return the measuring steps that decided what a keep-rule left."""
        node = self.nodes.get(stream)
        return node.rules if node else ()

    def spread_by(self, step: str) -> tuple[str, ...]:
        """Return the labels or facts by which a step's subsample was stratified."""
        node = self.nodes.get(step)
        return node.by if node else ()

    def kept(self, stream: str) -> bool:
        """Whether a stream only holds what a keep-rule left of another."""
        node = self.nodes.get(stream.removesuffix(".random"))
        return node is not None and not node.op

    def sees(self, stream: str) -> bool:
        """Whether a step was added so that studies see a stream: named after that stream and the op."""
        node = self.nodes.get(stream)
        names = [f"{source}.{node.op}" for source in node.sources] if node and node.op else []
        return any(stream == name or stream.startswith(f"{name}-") for name in names)

    def depth(self, stream: str, seen: frozenset[str] = frozenset()) -> int:
        """Return how many steps lie between what came in and a stream."""
        above = [s for s in self.sources(stream) if s not in seen]
        step = 0 if self.kept(stream) or stream not in self.nodes else 1
        return step + max((self.depth(s, seen | {stream}) for s in above), default=0)


def _step(entry: Mapping[str, Any]) -> Node:
    sample = entry.get("sample")
    by = sample.get("by") if isinstance(sample, Mapping) else None
    return Node(str(entry.get("op", "")), _names(entry.get("from")), by=_names(by))


def _keep(entry: Mapping[str, Any]) -> Node:
    rules = tuple(str(rule["metric"]) for rule in _listed(entry, "rules", "metric"))
    return Node("", _names(entry.get("of")), rules)


def _listed(holder: Mapping[str, Any], key: str, wanted: str) -> list[Mapping[str, Any]]:
    """Return the mappings of a list that have the key wanted."""
    entries = holder.get(key)
    listed: Sequence[Any] = entries if isinstance(entries, list) else ()
    return [entry for entry in listed if isinstance(entry, Mapping) and wanted in entry]


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list) else ()
