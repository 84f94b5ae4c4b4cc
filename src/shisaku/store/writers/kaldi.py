"""Writes a Kaldi data folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shisaku.core.sample import Sample
from shisaku.message import say
from shisaku.store.readers.record_json import to_json
from shisaku.store.writers.files import file_bytes, file_name
from shisaku.store.writers.kaldi_names import names
from shisaku.store.writers.losses import Losses
from shisaku.store.writers.writer import Written

BY_UTTERANCE = ("wav.scp", "text", "utt2lang", "utt2shisaku")


@dataclass(frozen=True)
class KaldiWriter:
    """A Kaldi data folder: wav.scp, text, utt2spk, spk2utt, utt2lang, spk2gender, and the recordings in ``wav``.

    `audio` and `text` name the parts that are written. Every recording holds one utterance and nothing else, as after
    Kaldi's ``extract_wav_segments_data_dir.sh``, so there is no file segments. Paths count from the folder. Ids begin
    with the speaker (the group), and all files are sorted as ``utils/validate_data_dir.sh`` wants it (C locale).
    The rest of every record is in a file of its own, ``utt2shisaku``, which Kaldi passes over and the reader `kaldi`
    reads. A sample without a recording or without words is left out; with `no_text` no transcripts are written.

    Example::

        shisaku data export calls --to kaldi --out calls-kaldi
    """

    audio: str = "audio"
    text: str = "text"
    no_text: bool = False

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write the folder; the lines of all utterances are in memory until they can be sorted."""
        losses, lines = Losses(), []
        (out / "wav").mkdir()
        for sample in samples:
            if line := self._line(sample, out, losses):
                lines.append(line)
        _write_tables(lines, out)
        return Written(len(lines), losses.left_out, losses.messages())

    def _line(self, sample: Sample, out: Path, losses: Losses) -> _Line | None:
        audio, text = sample.parts.get(self.audio), sample.parts.get(self.text)
        words = " ".join(text.text.split()) if text and text.kind == "text" and not self.no_text else ""
        if audio is None or audio.kind != "audio":
            losses.leave_out(say("There is no recording {part}", part=self.audio))
            return None
        if not (words or self.no_text):
            losses.leave_out(say("There is no transcript {part}", part=self.text))
            return None
        file = f"wav/{file_name(sample.id, self.audio, 'audio')}"
        (out / file).write_bytes(file_bytes(sample, self.audio))
        carried = {self.audio: audio, **({self.text: text} if text and words else {})}
        losses.rest(sample, ("labels", "group", "licence", "consent", "facts", "parents", "depth", "times"), carried)
        if text and words and words != text.text:
            losses.field("white space of the text")
        about = json.dumps(to_json(replace(sample, parts=carried)), ensure_ascii=False)
        values = (file, words, text.lang if text and words else "", about)
        return _Line(sample.id, sample.group, _gender(sample.facts), values)


@dataclass(frozen=True, slots=True)
class _Line:
    """What the files say of one utterance; `values` are in the order of `BY_UTTERANCE`."""

    id: str
    group: str
    gender: str
    values: Sequence[str]


def _write_tables(lines: Sequence[_Line], out: Path) -> None:
    named = sorted(zip(names([(line.id, line.group) for line in lines]), lines, strict=True), key=lambda pair: pair[0])
    for at, file in enumerate(BY_UTTERANCE):
        _write(out / file, {utterance: line.values[at] for (_, utterance), line in named})
    spoken: dict[str, list[str]] = {}
    for (speaker, utterance), _ in named:
        spoken.setdefault(speaker, []).append(utterance)
    _write(out / "utt2spk", {utterance: speaker for (speaker, utterance), _ in named})
    _write(out / "spk2utt", {speaker: " ".join(utterances) for speaker, utterances in spoken.items()})
    _write(out / "spk2gender", {speaker: line.gender for (speaker, _), line in named})


def _write(path: Path, values: Mapping[str, str]) -> None:
    """Write ``key value`` lines in the order given, without those that have no value; no lines, no file."""
    lines = [f"{key} {value}\n" for key, value in values.items() if value]
    if lines:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)


def _gender(facts: Mapping[str, str]) -> str:
    return {"m": "m", "male": "m", "f": "f", "female": "f"}.get(facts.get("gender", "").lower(), "")
