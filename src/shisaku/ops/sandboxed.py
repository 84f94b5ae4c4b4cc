"""Jinja templates as data: a small, allow-listed part of the language, filled without reaching anything else."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from jinja2 import Environment, Template, nodes
    from jinja2.runtime import Context

LONGEST_TEMPLATE = 20_000
MOST_TURNS = 1_000
DEEPEST_LOOP = 2
LONGEST_JOINED = 100_000
MOST_DIGITS = 12
LEFT = "_left"  # the name, out of reach of templates, of the turns that are left
ALLOWED = frozenset((
    "Template", "Output", "TemplateData", "Name", "Getattr", "Getitem", "Const", "List", "Tuple", "Dict", "Pair",
    "For", "If", "CondExpr", "Compare", "Operand", "And", "Or", "Not", "Add", "Sub", "Neg", "Concat", "Filter",
    "Keyword", "Test",
))  # fmt: skip
FILTERS = (
    "capitalize", "default", "first", "float", "int", "last", "length", "list", "lower", "round", "sort", "title",
    "trim", "unique", "upper",
)  # fmt: skip
TESTS = ("defined", "divisibleby", "even", "in", "none", "number", "odd", "string", "undefined")


def compiled(source: str, known: Iterable[str]) -> tuple[Template, frozenset[str]]:
    """Return the template, ready to be filled, and the names it asks for. Raises ValueError for what it must not hold.

    No calls, assignments, macros, includes, products or powers: what it costs and how much it writes is bounded by
    its length and its data. All loops together take at most 1,000 turns, and at most one may stand in another.
    """
    from jinja2 import Template, TemplateSyntaxError, meta, nodes

    if len(source) > LONGEST_TEMPLATE:
        raise ValueError(f"template must have at most {LONGEST_TEMPLATE} characters, got {len(source)}")
    env = _environment()
    try:
        tree = env.parse(source)
    except TemplateSyntaxError as error:
        raise ValueError(f"template, line {error.lineno}: {error.message}") from error
    _check(tree)
    asked = frozenset(meta.find_undeclared_variables(tree) | {"self"} & _names(tree))
    unknown = sorted(asked - set(known))
    if unknown:
        raise ValueError(f"template names {', '.join(unknown)}, but there is only {', '.join(sorted(known))}")
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, "_turns", [], [], None, None, lineno=loop.lineno, environment=env)
    return Template.from_code(env, env.compile(tree), {}), asked


def filled(template: Template, values: Mapping[str, Any], longest: int) -> str:
    """Return the text. Raises DataError for a value that is not there, and for more than `longest` characters."""
    from jinja2 import TemplateError

    pieces, length = [], 0
    try:
        for piece in template.generate({**values, LEFT: [None] * MOST_TURNS}):
            pieces.append(piece)
            length += len(piece)
            if length > longest:
                raise DataError(say("The filled template has more than {longest} characters", longest=longest))
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise DataError(say("The template cannot be filled: {cause}", cause=str(error)[:200])) from error
    return "".join(pieces)


def _names(tree: nodes.Template) -> set[str]:
    from jinja2 import nodes

    return {name.name for name in tree.find_all(nodes.Name)}


def _check(tree: nodes.Node, depth: int = 0) -> None:
    kind = type(tree).__name__
    if kind not in ALLOWED:
        raise ValueError(f"template, line {getattr(tree, 'lineno', 0)}: {kind} is not allowed")
    name = getattr(tree, "name", "")
    if (kind == "Filter" and name not in (*FILTERS, "join")) or (kind == "Test" and name not in TESTS):
        raise ValueError(f"template, line {tree.lineno}: {kind.lower()} {name} is not allowed")
    if kind == "Getattr" and str(getattr(tree, "attr", "")).startswith("_"):
        raise ValueError(f"template, line {tree.lineno}: names that begin with _ are not allowed")
    depth += kind == "For"
    if depth > DEEPEST_LOOP or (kind == "For" and getattr(tree, "recursive", False)):
        raise ValueError(f"template, line {tree.lineno}: loops may be {DEEPEST_LOOP} deep and not recursive")
    for child in tree.iter_child_nodes():
        _check(child, depth)


@functools.cache
def _environment() -> Environment:
    from jinja2 import StrictUndefined, pass_context
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # prompts and captions are plain text: escaping would put &amp; into them
    env = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
    env.globals.clear()
    env.filters = {name: env.filters[name] for name in FILTERS} | {
        "join": _joined,
        "round": _rounded,
        "_turns": pass_context(_turns),
    }
    env.tests = {name: env.tests[name] for name in TESTS}
    return env


def _turns(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    """Pass the items of a loop on, and count them against what all loops of the template may take."""
    left = context[LEFT]
    for item in items:
        if not left:
            raise ValueError(f"loops take more than {MOST_TURNS} turns in all")
        left.pop()
        yield item


def _joined(items: Iterable[Any], between: str = "") -> str:
    words = [str(item) for item in itertools.islice(items, MOST_TURNS + 1)]
    length = len(between) * len(words) + sum(map(len, words))
    if len(words) > MOST_TURNS or length > LONGEST_JOINED:
        raise ValueError("join makes too long a text")
    return str(between).join(words)


def _rounded(value: float, digits: int = 0) -> float:
    # jinja's own raises ten to the power of its argument, however great that is
    return round(value, max(0, min(digits, MOST_DIGITS)))
