"""Whether a text is a file name or a word for nothing, where a description should be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of

PATTERNS = {
    "word": r"(an? |the |my |new )?"
    r"(untitled|no (caption|title|description|text|data)|n/?a|none|null|nan|undefined|todo|tbd|tba|fixme|xxx+|"
    r"placeholder|dummy|test(ing)?( ?\d+)?|sample( ?\d+)?|caption( here)?|description( here)?|title|alt( ?text)?|"
    r"image|img|photo|picture|pic|figure|unknown|無題|名称未設定|タイトル(なし)?|画像|写真|図|キャプション|説明(なし)?|"
    r"未入力|未設定|不明|テスト|サンプル|ダミー|仮|未定|該当なし|sans titre|sin t[ií]tulo|senza titolo|ohne titel|"
    r"без названия)( ?[(#-]?\d+\)?)?[.!。]?",
    "file": r"[^\n]{1,200}\.(jpe?g|png|gif|bmp|tiff?|webp|heic|svg|raw|wav|mp3|flac|ogg|m4a|mp4|mov|avi|mkv|webm|"
    r"pdf|txt|docx?|xlsx?|csv|json|xml|zip)",
    "camera": r"(img|dsc[fn]?|dcim|pict?|pxl|vid|mov|mvi|gopr|gh0|p|s|r)[-_ ]?\d{4,}([-_]\w+)*|"
    r"\d{8}[-_]\d{4,6}(\(\d+\))?|"
    r"(screen ?shot|スクリーンショット|whatsapp (image|audio|video)|photo|image|video|録音|recording)[-_ ]*\d{4}.*|"
    r"(fig(ure)?|image|photo|picture|pic|asset|frame|file|scan|図|画像|写真)[-_ .#]*\d+",
    "code": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,128}|\d{6,}",
    "address": r"(https?|ftp|file|s3|gs)://\S+|www\.\S+",
    "filler": r"lorem ipsum.*|\W+|<[^<>]{0,60}>|\[[^\[\]]{0,60}\]|\{\{?[^{}]{0,60}\}\}?|insert .{1,40} here",
}
FORMS = {name: re.compile(pattern, re.IGNORECASE | re.DOTALL) for name, pattern in PATTERNS.items()}
WHAT = {
    "word": say("a word that stands for nothing"),
    "file": say("the name of a file"),
    "camera": say("a name that a camera or program gave"),
    "code": say("a number or code"),
    "address": say("nothing but an address"),
    "filler": say("filling without content"),
}
SHOWN = 60


@dataclass(frozen=True)
class Placeholder(Metric):
    """Score 0 for a text that is a placeholder as a whole, 1 for any other.

    Placeholders are words for nothing ("untitled", "N/A", "無題"), names of files and those that cameras and programs
    give ("IMG_1234", "Screenshot 2024-05-01"), codes (UUIDs, hexadecimal digests, long numbers), bare addresses, and
    filling ("lorem ipsum", "<caption>", dashes). The whole text must be one, in NFKC and any case. `raw` is 1 for a
    placeholder, else 0. It has no threshold.

    What it finds: ten forms of placeholders planted into a fifth of prompts and captions, always. False alarms: 4 of
    2,708 prompts ("<beep ascending>", which is no prompt), none of 1,570 captions.
    When it hurts: a picture of a photo may rightly be captioned "A photo". Placeholders of other forms, and such
    words inside a sentence, pass.

    Example::

        - {name: placeholder, op: text.placeholder, from: task}
    """

    name: ClassVar[str] = "text.placeholder"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    size: ClassVar[StateSize] = "O(n)"

    text: str = "caption"

    def __post_init__(self) -> None:
        part_names(text=self.text)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [form of placeholder or nothing, the text if it is one]."""
        return dict(measurable(batch, lambda sample: _seen(text_of(sample, self.text))))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per text, by sample id."""
        return [
            Score(sample, self.name, 0.0, 1.0, True, say("{what}: {piece}", what=WHAT[form], piece=repr(text)))
            if form
            else Score(sample, self.name, 1.0, 0.0, False)
            for sample, (form, text) in sorted(state.items())
        ]


def _seen(text: str) -> list[str]:
    form = form_of(text)
    return [form, text[:SHOWN] if form else ""]


def form_of(text: str) -> str:
    """Return which kind of placeholder a text is, empty if it is none."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return next((name for name, form in FORMS.items() if form.fullmatch(plain)), "") if len(plain) <= 300 else ""
