"""Keep the catalogues complete: ``python -m shisaku.report.catalogue [folder ...]`` adds what is missing.

Texts are the literals given to ``say("...")`` in Python and to ``_("...")`` in the page's templates. New ones
are written untranslated at the end of each catalogue; nothing is taken out, because a run of an older
version may still hold its sentences.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from shisaku.report.translate import LANGUAGES

HERE = Path(__file__).parent
PACKAGE = HERE.parent
MARKS = ("say", "_")


def spoken(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield every literal that a ``say(...)`` call starts with, both branches of a choice included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _name(node.func) in MARKS:
            for text in _literals(node.args[0]):
                yield text, node.lineno


def collect(folders: Iterable[Path]) -> dict[str, str]:
    """Return text -> the first file that has it, for every text below the folders, in a stable order."""
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            for text, _ in spoken(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(text, path.name)
        for path in sorted(folder.rglob("*.j2")):
            for text in _in_template(path.read_text(encoding="utf-8")):
                found.setdefault(text, path.name)
    return found


def po_file(lang: str) -> Path:
    """Return the catalogue of one language."""
    return HERE / "locale" / lang / "LC_MESSAGES" / "shisaku.po"


def add_missing(lang: str, texts: dict[str, str]) -> list[str]:
    """Add the texts that the catalogue lacks, untranslated; returns them."""
    from babel.messages.pofile import read_po, write_po

    path = po_file(lang)
    with path.open("rb") as file:
        entries = read_po(file, locale=lang)
    missing = [text for text in texts if text not in entries]
    for text in missing:
        entries.add(text, auto_comments=[texts[text]])
    if missing:
        with path.open("wb") as file:
            write_po(file, entries, width=118, omit_header=False, ignore_obsolete=True)
    return missing


def main(folders: list[str]) -> None:
    """Add missing texts of the package and of `folders` to every catalogue but English."""
    texts = collect([PACKAGE, *(Path(f) for f in folders)])
    for lang in LANGUAGES:
        if lang != "en":
            missing = add_missing(lang, texts)
            print(f"{lang}: {len(texts)} texts, {len(missing)} added")


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def _literals(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    return []


def _in_template(source: str) -> Iterator[str]:
    from jinja2 import Environment, nodes

    tree = Environment(autoescape=True).parse(source)
    for call in tree.find_all(nodes.Call):
        first = call.args[0] if call.args else None
        if isinstance(call.node, nodes.Name) and call.node.name == "_" and isinstance(first, nodes.Const):
            yield str(first.value)


if __name__ == "__main__":
    main(sys.argv[1:])
