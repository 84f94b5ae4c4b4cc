"""The recipe's graph as the run holds it: which step makes which stream, from what, by which op."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """A step or a keep-rule: its op (empty for a keep-rule) and the streams it reads."""

    op: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """Every step and keep-rule of a recipe by the name of the stream it makes."""

    nodes: Mapping[str, Node]

    @classmethod
    def of(cls, recipe: Mapping[str, Any]) -> Graph:
        """Read the graph of a recipe's plain form; what is not of that form is left out."""
        steps = {str(s["name"]): Node(str(s.get("op", "")), _names(s.get("from"))) for s in _named(recipe, "steps")}
        keeps = {str(k["name"]): Node("", _names(k.get("of"))) for k in _named(recipe, "keep")}
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

    def kept(self, stream: str) -> bool:
        """Whether a stream only holds what a keep-rule left of another."""
        node = self.nodes.get(stream.removesuffix(".random"))
        return node is not None and not node.op

    def depth(self, stream: str, seen: frozenset[str] = frozenset()) -> int:
        """Return how many steps lie between what came in and a stream."""
        above = [s for s in self.sources(stream) if s not in seen]
        step = 0 if self.kept(stream) or stream not in self.nodes else 1
        return step + max((self.depth(s, seen | {stream}) for s in above), default=0)


def _named(recipe: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    entries = recipe.get(key)
    listed: Sequence[Any] = entries if isinstance(entries, list) else ()
    return [entry for entry in listed if isinstance(entry, Mapping) and "name" in entry]


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list) else ()
