"""Faults of texts: in prompts of five languages, and in captions in English and Japanese."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from functools import cache

import numpy as np

from planted.fault import Fault, Planted, Samples, drawn, each
from planted.sources import source
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for

PROMPTS = tuple(f"asterisk-{lang}" for lang in ("en", "es", "fr", "it", "ru"))
PROMPT, ENGLISH, JAPANESE = ({"text": part} for part in ("text", "caption", "caption_ja"))
CAPTIONED = (("stamps", ENGLISH), ("stamps", JAPANESE))
TEXTS = (*((name, PROMPT) for name in PROMPTS), *CAPTIONED)
KEYS = {
    "asterisk-ru": "йцукенгшщзхъфывапролджэячсмитьбю",
    "ja": "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも",
}
Change = Callable[[str, float, np.random.Generator], str]


def changed_text(part: str, change: Change) -> Callable[[Sample, float, np.random.Generator], Sample]:
    def changed(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
        held = sample.parts[part]
        text = change(held.data.decode(), strength, rng)
        return sample.with_part(part, Part("text", text.encode(), held.uri, held.lang))

    return changed


@cache
def _texts(name: str, part: str) -> tuple[str, ...]:
    return tuple(sorted(one.parts[part].data.decode() for one in source(name)))


def _foreign(own: str) -> Change:
    """A whole prompt of another language, with at least so many letters and less than twice as many."""
    others = [text for name in PROMPTS if name != own for text in _texts(name, "text")]

    def change(text: str, strength: float, rng: np.random.Generator) -> str:
        fit = [one for one in others if strength <= sum(map(str.isalpha, one)) < 2 * strength]
        return fit[rng.integers(len(fit))]

    return change


def _longer(name: str, part: str) -> Change:
    """Other texts behind it, until it is so many times as long as the median."""

    def change(text: str, strength: float, rng: np.random.Generator) -> str:
        pool = _texts(name, part)
        wanted = strength * float(np.median([len(one) for one in pool]))
        while len(text) < wanted:
            text += " " + pool[rng.integers(len(pool))]
        return text

    return change


def _again(text: str, strength: float, rng: np.random.Generator) -> str:
    return " ".join([text] * (1 + int(strength)))


def _stuck(text: str, strength: float, rng: np.random.Generator) -> str:
    """The last word over and over, as a speech recogniser does."""
    return text + (" " + text.split()[-1]) * int(strength)


def _signature(part: str) -> Callable[[Samples, float, int], Planted]:
    """One line behind the text of such a share of the records."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        faulty = drawn(samples, strength, seed)
        line = (
            "\nVisit our shop for prints and licences" if part != "caption_ja" else "\n続きはウェブサイトをご覧ください"
        )
        add = changed_text(part, lambda text, *_: text + line)
        rng = rng_for(seed, "line", part)
        return Planted([add(one, strength, rng) if one.id in faulty else one for one in samples], faulty)

    return plant


def _mashed(keys: str) -> Change:
    def change(text: str, strength: float, rng: np.random.Generator) -> str:
        text = text if sum(map(str.isalpha, text)) >= 8 else "".join(rng.choice([*keys], 12))
        return "".join(
            keys[rng.integers(len(keys))] if one.isalpha() and rng.random() < strength else one for one in text
        )

    return change


def _signs(text: str, strength: float, rng: np.random.Generator) -> str:
    signs = "@#$%^&*~|<>"
    return "".join(signs[rng.integers(len(signs))] if rng.random() < strength else one for one in text) + "#"


FORMS: tuple[Callable[[random.Random], str], ...] = (
    lambda r: f"IMG_{r.randrange(10000):04d}.JPG",
    lambda r: f"DSC{r.randrange(100000):05d}",
    lambda r: r.choice(
        ["untitled", "Untitled 3", "N/A", "null", "TODO", "test", "no caption", "image", "photo", "none"]
    ),
    lambda r: (
        f"Screenshot 20{r.randrange(10, 30)}-0{r.randrange(1, 10)}-1{r.randrange(10)} at 10.22.{r.randrange(10, 60)}"
    ),
    lambda r: "".join(r.choices("0123456789abcdef", k=32)),
    lambda r: f"{''.join(r.choices(string.ascii_lowercase, k=6))}-{r.randrange(100)}.png",
    lambda r: f"https://example.org/{''.join(r.choices(string.ascii_lowercase, k=8))}",
    lambda r: r.choice(["無題", "画像", "写真", "名称未設定", "画像1", "スクリーンショット 2024-05-01"]),
    lambda r: f"WhatsApp Image 2023-0{r.randrange(1, 10)}-11 at 09.{r.randrange(10, 60)}.12",
    lambda r: "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
)


def _placeheld(text: str, strength: float, rng: np.random.Generator) -> str:
    """One of the first so many forms of placeholders."""
    return FORMS[rng.integers(int(strength))](random.Random(int(rng.integers(1 << 30))))


def _untranslated(samples: Samples, strength: float, seed: int) -> Planted:
    """Such a share of the translations is the text that was to be translated."""
    faulty = drawn(samples, strength, seed)
    done = [
        one.with_part("caption_ja", Part("text", one.parts["caption"].data, lang="ja")) if one.id in faulty else one
        for one in samples
    ]
    return Planted(done, faulty)


def _cut(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
    """A translation that is so many times as long as it was."""
    text = sample.parts["caption_ja"].data.decode()
    pool = "これはべつのぶんしょうからまぎれこんだことばです。"
    wanted = max(1, round(strength * len(text)))
    return sample.with_part("caption_ja", Part("text", (text + pool * 20)[:wanted].encode(), lang="ja"))


def name_of(name: str, part: dict[str, str], what: str) -> str:
    return f"{what} ({name}, {part['text']})"


def _all() -> list[Fault]:
    found = [
        Fault(
            name_of(name, PROMPT, "foreign"),
            "language",
            name,
            "letters",
            (12, 20, 30, 50, 80),
            lambda s, k, seed, name=name: each(changed_text("text", _foreign(name)))(s, k, seed),
            PROMPT,
        )
        for name in PROMPTS
    ]
    for name, part in TEXTS:
        at = part["text"]
        keys = KEYS["ja"] if at == "caption_ja" else KEYS.get(name, "qwertyuiopasdfghjklzxcvbnm")
        found += [
            Fault(
                name_of(name, part, "longer"),
                "text_length",
                name,
                "times the median",
                (3, 10, 30, 100, 300),
                lambda s, k, seed, name=name, at=at: each(changed_text(at, _longer(name, at)))(s, k, seed),
                part,
            ),
            Fault(
                name_of(name, part, "again"),
                "repetition",
                name,
                "times more",
                (1, 2, 4, 8, 16),
                each(changed_text(at, _again)),
                part,
            ),
            Fault(
                name_of(name, part, "signature"),
                "boilerplate",
                name,
                "share of the records",
                (0.005, 0.01, 0.02, 0.05, 0.1, 0.3),
                _signature(at),
                part,
            ),
            Fault(
                name_of(name, part, "mash"),
                "unreadable",
                name,
                "share of the letters",
                (0.1, 0.25, 0.5, 0.75, 1.0),
                each(changed_text(at, _mashed(keys))),
                part,
            ),
            Fault(
                name_of(name, part, "signs"),
                "unreadable",
                name,
                "share of the characters",
                (0.2, 0.4, 0.6, 0.8, 1.0),
                each(changed_text(at, _signs)),
                part,
            ),
            Fault(
                name_of(name, part, "placeholder"),
                "placeholder",
                name,
                "forms",
                (1, 2, 4, 7, 10),
                each(changed_text(at, _placeheld)),
                part,
            ),
        ]
    found += [
        Fault(
            name_of(name, part, "stuck"),
            "repetition",
            name,
            "times",
            (1, 2, 4, 8, 16),
            each(changed_text(part["text"], _stuck)),
            part,
        )
        for name, part in TEXTS
        if part != JAPANESE
    ]
    pair = {"text": "caption", "other": "caption_ja"}
    return [
        *found,
        Fault(
            "untranslated",
            "caption_pair",
            "stamps",
            "share of the pairs",
            (0.01, 0.05, 0.1, 0.2, 0.5),
            _untranslated,
            pair,
        ),
        Fault("longer translation", "caption_pair", "stamps", "times", (1.5, 2, 3, 5, 10, 20), each(_cut), pair),
    ]


FAULTS = _all()
