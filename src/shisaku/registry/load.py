"""Read a recipe: from a file or a text to a checked Recipe, or one error that holds everything wrong with it."""

from __future__ import annotations

from pathlib import Path

from shisaku.core.recipe import Recipe
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.registry.build import build
from shisaku.registry.check import findings_in
from shisaku.registry.finding import Loc, problems_of, recipe_error
from shisaku.registry.mend import read_shape
from shisaku.registry.yaml_tree import MAX_BYTES, compose


def load_recipe(path: Path | str) -> Recipe:
    """Return the Recipe in a YAML file. Raises RecipeError, also if there is no such file."""
    path = Path(path)
    if not path.is_file():
        what = say("This is not a file") if path.exists() else say("There is no recipe file here")
        raise RecipeError(what, where=str(path), next=say("`shisaku init` writes one to begin with"))
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError(say("The recipe cannot be read: {cause}", cause=str(error)), where=str(path)) from error
    return parse_recipe(raw, str(path))


def parse_recipe(text: str | bytes, where: str = "") -> Recipe:
    """Return the Recipe in a YAML text; `where` names its origin in errors.

    Raises RecipeError with every problem (shape, ops, parameters, graph, studies) and its line, and
    MachineError if an installed op cannot be loaded.
    """
    tree = compose(text, where)
    mended = read_shape(tree)
    problems = problems_of(mended.findings, tree.place)
    if mended.shape is None:
        raise recipe_error(problems, where)
    recipe = build(mended.shape, mended.tree.place)
    told = [finding.loc for finding in mended.findings]
    findings = [f for f in findings_in(recipe, None, mended.cut) if not _follows(mended.tree.place(f.loc)[1], told)]
    problems += problems_of(findings, mended.tree.place)
    if problems:
        raise recipe_error(problems, where)
    return recipe


def _follows(loc: Loc, told: list[Loc]) -> bool:
    """Whether what is wrong at `loc` may only be so because a piece inside it could not be read."""
    return any(len(other) > len(loc) and other[: len(loc)] == loc for other in told)
