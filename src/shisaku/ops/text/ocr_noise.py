"""Characters read wrongly, as by optical character recognition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.language import language_of
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import part_of, text_of
from shisaku.ops.text.known_language import known
from shisaku.ops.text.untouchable import Untouchable, protected_words

# what is mistaken for each other, both ways; several signs where two stand for one
LATIN = (
    "l 1", "l I", "I 1", "O 0", "o 0", "S 5", "s 5", "B 8", "Z 2", "z 2", "g 9", "q 9", "b 6", "G 6", "e c", "c o",
    "u v", "h b", "n h", "f t", "i j", "i l", "t l", "rn m", "nn m", "cl d", "vv w", "ri n", "ii u", "li h", "lo b",
    ", .", "; :", "C G", "E F", "D O", "U V", "P R",
)  # fmt: skip
JAPANESE = (
    "ロ 口", "ロ □", "ー 一", "カ 力", "ニ 二", "ハ 八", "タ 夕", "エ 工", "ト 卜", "チ 千", "オ 才", "ヒ 匕", "へ ヘ",
    "べ ベ", "ぺ ペ", "リ り", "ソ ン", "シ ツ", "ク ケ", "ウ ワ", "ッ ツ", "ャ ヤ", "ュ ユ", "ョ ヨ", "っ つ", "ゃ や",
    "ゅ ゆ", "ょ よ", "は ほ", "る ろ", "わ ね", "ば ぱ", "び ぴ", "ぶ ぷ", "ベ ペ", "ぼ ぽ", "バ パ", "ビ ピ",
    "ブ プ", "ボ ポ", "間 問", "問 聞", "土 士", "日 曰", "大 犬", "大 太", "人 入", "己 已", "己 巳", "千 干",
    "牛 午", "氷 水", "鳥 烏", "貝 見", "王 玉", "刀 力", "待 侍", "持 待", "緑 縁", "網 綱", "住 往", "特 持", "若 苦",
    "微 徴", "崇 祟", "輪 輸", "治 冶", "州 川", "左 在", "石 右", "車 東", "休 体", "名 各", "白 自", "目 自", "木 本",
    "。 ．", "、 ，",
)  # fmt: skip
SCRIPTS = {"": LATIN, "en": LATIN, "ja": (*JAPANESE, *LATIN)}


@dataclass(frozen=True)
class OcrNoise(Transform):
    """Exchange characters for ones that a reader of scanned text takes for them: l/1, O/0, rn/m, ロ/口, ー/一, カ/力.

    Each place where a confusion fits is changed with probability `share`. The confusions are pairs of like shapes,
    in both directions, written for this op after what recognisers are known to mistake (Latin letters after the
    error analyses of Nguyen et al. 2019, JCDL; kana and kanji by shape), with equal weight each: no scanner was
    measured. `line_breaks` is the probability with which a space becomes a line end. Numbers, negations, words of label
    values and words in `protect` are never touched; with `numbers` figures may be misread as well, and then a quantity
    in the text is false. Texts in Latin script and in Japanese; others fail with a reason. The fact ``misread`` counts.

    When it hurts: real readers err in clusters (a stain, a font, a skewed page) and drop whole words; these errors are
    independent. Kanji pairs can give another real word (大/犬, 未/末 is kept out as a negation): protect what labels
    hang on. Above a `share` of 0.1 people no longer read the text.

    Example::

        - {name: scanned, op: text.ocr_noise, from: task, with: {text: caption, share: 0.03}}
    """

    name: ClassVar[str] = "text.ocr_noise"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    makes: ClassVar[str] = "children"

    text: str = "caption"
    share: float = 0.03
    line_breaks: float = 0.0
    numbers: bool = False
    protect: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("share", self.share, 0.0, 1.0)
        within("line_breaks", self.line_breaks, 0.0, 1.0)
        object.__setattr__(self, "protect", tuple(self.protect))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one misread child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text, part = text_of(sample, self.text), part_of(sample, self.text, "text")
        options = options_of(language_of(part), self.text)
        untouchable = Untouchable(text, protected_words(sample, self.protect), numbers=not self.numbers)
        made, errors = self._misread(text, options, untouchable, rng)
        parts = inherited(sample, {self.text: Part.from_text(made, part.lang)})
        return sample.child(self.name, parts=parts, facts={"misread": str(errors)} if errors else None)

    def _misread(
        self, text: str, options: Mapping[str, Sequence[str]], untouchable: Untouchable, rng: np.random.Generator
    ) -> tuple[str, int]:
        made, place, errors = [], 0, 0
        while place < len(text):
            found = next((text[place : place + size] for size in (2, 1) if text[place : place + size] in options), "")
            if found and untouchable.free(place, place + len(found)) and rng.random() < self.share:
                others = options[found]
                made.append(others[int(rng.integers(len(others)))])
                errors, place = errors + 1, place + len(found)
                continue
            broken = text[place] == " " and self.line_breaks > 0 and rng.random() < self.line_breaks
            made.append("\n" if broken else text[place])
            place += 1
        return "".join(made), errors


def options_of(language: str, part: str) -> dict[str, list[str]]:
    """Return what each sign can be taken for. Raises DataError for a script that no table is of."""
    options: dict[str, list[str]] = {}
    for pair in SCRIPTS["ja" if known(language, part) == "ja" else ""]:
        one, other = pair.split(" ")
        options.setdefault(one, []).append(other)
        options.setdefault(other, []).append(one)
    return options
