"""Documents cannot go stale: their code runs, and what they must name is named."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.M | re.S)


def _blocks(language: str) -> list[object]:
    found = []
    for page in PAGES:
        for number, match in enumerate(BLOCK.finditer(page.read_text("utf-8"))):
            if match[1] == language:
                found.append(pytest.param(page, match[3], id=f"{page.name}-{number}"))
    return found


@pytest.mark.weights
@pytest.mark.parametrize(("page", "code"), _blocks("python"))
def test_python_blocks_run(page: Path, code: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize(("page", "recipe"), _blocks("yaml"))
def test_recipes_in_documents_are_good(page: Path, recipe: str) -> None:
    from shisaku.registry.check import check_recipe
    from shisaku.registry.load import parse_recipe

    check_recipe(parse_recipe(recipe, where=page.name), None)


def test_every_verb_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    from shisaku.cli.app import app

    verbs = [command.name for command in app.registered_commands] + [g.name for g in app.registered_groups]
    missing = [verb for verb in verbs if f"shisaku {verb}" not in readme]
    assert not missing


def test_every_verb_shows_examples() -> None:
    from shisaku.cli.app import app

    for command in app.registered_commands:
        assert "Examples:" in (command.callback.__doc__ or "") or "Example:" in (command.callback.__doc__ or ""), (
            command.name
        )


def test_architecture_is_short_and_names_every_floor() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert len(text.splitlines()) <= 120
    for place in (ROOT / "src" / "shisaku").iterdir():
        name = place.name
        if name.startswith("_") or name == "py.typed":
            continue
        assert name.removesuffix(".py") in text, name
