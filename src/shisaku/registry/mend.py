"""Cut the broken pieces out of a recipe's tree so that the rest can be checked in the same go."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import ValidationError

from shisaku.registry.complaints import complaints, model_at
from shisaku.registry.finding import Finding, Loc
from shisaku.registry.schema import RecipeShape
from shisaku.registry.yaml_tree import Node

PLACEHOLDER = "unknown-until-corrected"
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Mended:
    """What could be read: the shape (None: nothing), its tree, what was wrong, and names that were cut out.

    Whoever checks on treats the names in `cut` as there, so that one mistake is told once.
    """

    shape: RecipeShape | None
    tree: Node
    findings: tuple[Finding, ...]
    cut: frozenset[str]


def read_shape(tree: Node) -> Mended:
    """Validate a recipe's tree against its schema, cutting out what is wrong until the rest is valid."""
    findings: tuple[Finding, ...] | None = None
    cut: set[str] = set()
    for _ in range(_TRIES):
        try:
            shape = RecipeShape.model_validate(tree.plain())
        except ValidationError as error:
            wrong = complaints(error, RecipeShape)
            findings = tuple(wrong) if findings is None else findings
            for loc in sorted({_piece(f.loc) for f in wrong}, key=_backwards):
                cut |= _names(tree, loc)
                tree = _without(tree, loc)
        else:
            return Mended(shape, tree, findings or (), frozenset(cut))
    return Mended(None, tree, findings or (), frozenset(cut))


def _backwards(loc: Loc) -> list[tuple[int, int, str]]:
    """Order so that later entries of a list go first: the positions of earlier ones stay true."""
    return [(1, 0, word) if isinstance(word, str) else (0, -word, "") for word in loc]


def _piece(loc: Loc) -> Loc:
    """Return the smallest piece around `loc` that a recipe can do without."""
    for end in range(len(loc), 0, -1):
        word, outer = loc[end - 1], loc[: end - 1]
        if isinstance(word, int):
            return loc[:end]
        model = model_at(RecipeShape, outer)
        info = {i.alias or n: i for n, i in model.model_fields.items()}.get(word) if model else None
        if info is None or not info.is_required():
            return loc[:end]
    return loc[:1]


def _names(tree: Node, loc: Loc) -> set[str]:
    """Return the names that leave with the piece at `loc`: its own, and those of the entries of its lists."""
    node: Node | None = tree
    for word in loc:
        node = node.inner(word) if node else None
    names = {str(loc[1])} if loc[0] == "select" and len(loc) > 1 else set()
    if node is None or not isinstance(node.value, dict):
        return names
    for entry in [node, *(n for inner in node.value.values() if isinstance(inner.value, list) for n in inner.value)]:
        name = entry.inner("name")
        if name and isinstance(name.value, str):
            names.add(name.value)
    return names


def _without(node: Node, loc: Loc, top: bool = True) -> Node:
    """Return the tree without the piece at `loc`; what must be there at the top gets a placeholder."""
    word, rest = loc[0], loc[1:]
    if isinstance(node.value, dict) and isinstance(word, str):
        entries = dict(node.value)
        if rest and word in entries:
            entries[word] = _without(entries[word], rest, top=False)
        else:
            entries.pop(word, None)
        if top and word == "name" and not rest:
            entries[word] = Node(node.line, PLACEHOLDER, (word,))
        if top and word == "data":
            entries[word] = Node(node.line, {"reader": Node(node.line, PLACEHOLDER)}, (word,))
        return replace(node, value=entries)
    if isinstance(node.value, list) and isinstance(word, int) and word < len(node.value):
        items = list(node.value)
        if rest:
            items[word] = _without(items[word], rest, top=False)
        else:
            del items[word]
        return replace(node, value=items)
    return node
