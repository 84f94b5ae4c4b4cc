"""Every sentence a person may see is in the Japanese catalogue, with the same fields."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from shisaku.report.catalogue import add_missing, collect, po_file
from shisaku.report.translate import LANGUAGES, catalogue, fields

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "src", ROOT / "examples"]
OTHERS = [lang for lang in LANGUAGES if lang != "en"]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Return every text of the source and of the examples."""
    return collect(FOLDERS)


@pytest.mark.parametrize("lang", OTHERS)
def test_nothing_is_left_untranslated(lang: str, texts: dict[str, str]) -> None:
    known = catalogue(lang)
    missing = [f"{place}: {text}" for text, place in texts.items() if text not in known]
    assert not missing, "run python -m shisaku.report.catalogue examples, then translate:\n" + "\n".join(missing)


@pytest.mark.parametrize("lang", OTHERS)
def test_translations_ask_for_the_same_fields(lang: str) -> None:
    differ = [text for text, said in catalogue(lang).items() if fields(text) != fields(said)]
    assert not differ


def test_texts_are_literals_that_can_be_found() -> None:
    """A template that is put together at run time would never be translated."""
    loose = []
    for folder in FOLDERS:
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.JoinedStr | ast.BinOp | ast.Call) or first is None:
                        loose.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not loose


def test_templates_of_the_page_are_collected_too(texts: dict[str, str]) -> None:
    assert texts["What was not shown"] == "study.j2"


def test_a_new_text_is_added_untranslated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "shisaku.po"
    copy.write_bytes(po_file("ja").read_bytes())
    monkeypatch.setattr("shisaku.report.catalogue.po_file", lambda _lang: copy)
    assert add_missing("ja", {"A {new} sentence": "x.py", "The file is empty": "y.py"}) == ["A {new} sentence"]
    assert add_missing("ja", {"A {new} sentence": "x.py"}) == []
    text = copy.read_text(encoding="utf-8")
    assert 'msgid "A {new} sentence"\nmsgstr ""' in text
    assert text.startswith("# shisaku: Japanese catalogue.")
