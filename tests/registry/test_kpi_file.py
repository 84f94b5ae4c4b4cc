"""Costs in a file of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from shisaku.core.amount import Amount
from shisaku.errors import RecipeError
from shisaku.registry.load_kpi import load_kpi

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "money" / "costs.yaml"


def test_the_example_is_read_and_stands_in_the_document() -> None:
    kpi = load_kpi(EXAMPLE)
    assert kpi.costs["defect"]["good"] == Amount.of(8000.0, 20000.0, 60000.0)
    assert kpi.investment["synthesis"].flat
    assert EXAMPLE.read_text(encoding="utf-8") in (ROOT / "docs" / "money.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("costs:\n  a: {b: -1}\n", 2, "at least 0"),
        ("costs: {a: {b: 1}}\nprevalence: {a: 0.2, b: 0.2}\n", 2, "add up to 0.4"),
        ("curency: JPY\n", 1, "currency"),
        ("costs: {a: {b: .nan}}\n", 1, "number"),
        ("yearly: {compute: [3, 1]}\n", 1, "range rises"),
        ("years: 0\n", 1, "at least 1"),
    ],
)
def test_a_mistake_is_one_message_with_its_line(tmp_path: Path, text: str, line: int, word: str) -> None:
    path = tmp_path / "costs.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        load_kpi(path)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"line {line}: ")
    assert word in str(problem)


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"- 1\n", b"a: &b [*b]\n"])
def test_what_is_no_mapping_is_an_error(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "costs.yaml"
    path.write_bytes(raw)
    with pytest.raises(RecipeError):
        load_kpi(path)


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        load_kpi(tmp_path / "nowhere.yaml")
