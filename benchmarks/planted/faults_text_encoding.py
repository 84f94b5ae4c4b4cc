"""Damage of encodings: texts read in another encoding than they were written in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planted.fault import Fault, Planted, Samples, each
from planted.faults_text import JAPANESE, PROMPT, PROMPTS, TEXTS, Change, changed_text, name_of


def _misread(wrong: str, right: str = "utf-8") -> Change:
    """So large a share of the words read in another encoding; what cannot be read becomes U+FFFD or stays a byte."""

    def change(text: str, strength: float, rng: np.random.Generator) -> str:
        words = text.split(" ")
        foreign = [i for i, word in enumerate(words) if not word.isascii()]
        hit = set(rng.permutation(foreign)[: max(1, round(strength * len(foreign)))].tolist()) if foreign else set()
        done = [
            word.encode(right, "replace").decode(wrong, "replace") if i in hit else word for i, word in enumerate(words)
        ]
        return " ".join(done)

    return change


def _accented(name: str, part: str, change: Change) -> Callable[[Samples, float, int], Planted]:
    """Plant only where there is something that an encoding can harm."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        fit = [one for one in samples if not one.parts[part].data.decode().isascii()]
        planted = each(changed_text(part, change))(fit, strength, seed)
        new = {one.id: one for one in planted.samples}
        return Planted([new.get(one.id, one) for one in samples], planted.faulty)

    return plant


def _entities(text: str, strength: float, rng: np.random.Generator) -> str:
    signs = [f"&#{code};" for code in (39, 233, 8217)] + ["&amp;", "&quot;", "&nbsp;", "&lt;"]
    words = text.split(" ")
    for _ in range(int(strength)):
        place = rng.integers(len(words))
        words[place] += signs[rng.integers(len(signs))]
    return " ".join(words)


def _all() -> list[Fault]:
    found = [
        Fault(
            name_of(name, part, "entities"),
            "encoding",
            name,
            "entities",
            (1, 2, 4, 8, 16),
            each(changed_text(part["text"], _entities)),
            part,
        )
        for name, part in TEXTS
    ]
    misread = [(name, PROMPT, "cp1252") for name in PROMPTS[1:4]] + [
        ("asterisk-ru", PROMPT, "cp1251"),
        ("asterisk-ru", PROMPT, "latin-1"),
        ("asterisk-ru", PROMPT, "cp932"),
        ("asterisk-fr", PROMPT, "mac_roman"),
        ("asterisk-fr", PROMPT, "cp932"),
        ("stamps", JAPANESE, "cp932"),
        ("stamps", JAPANESE, "cp1252"),
        ("stamps", JAPANESE, "gb18030"),
    ]
    found += [
        Fault(
            name_of(name, part, f"UTF-8 as {wrong}"),
            "encoding",
            name,
            "share of the words",
            (0.1, 0.25, 0.5, 0.75, 1.0),
            _accented(name, part["text"], _misread(wrong)),
            part,
        )
        for name, part, wrong in misread
    ]
    reverse = [
        ("stamps", JAPANESE, "cp932", "latin-1"),
        ("stamps", JAPANESE, "cp932", "utf-8"),
        ("stamps", JAPANESE, "euc_jp", "latin-1"),
        ("asterisk-fr", PROMPT, "cp1252", "utf-8"),
        ("asterisk-fr", PROMPT, "cp1252", "cp932"),
        ("asterisk-ru", PROMPT, "cp1251", "cp1252"),
        ("asterisk-ru", PROMPT, "koi8-r", "cp1251"),
    ]
    found += [
        Fault(
            name_of(name, part, f"{right} as {wrong}"),
            "encoding",
            name,
            "share of the words",
            (0.1, 0.25, 0.5, 0.75, 1.0),
            _accented(name, part["text"], _misread(wrong, right)),
            part,
        )
        for name, part, right, wrong in reverse
    ]
    return found


FAULTS = _all()
