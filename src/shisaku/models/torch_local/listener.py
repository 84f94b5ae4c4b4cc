"""Listener: a speech recogniser in a folder, one that writes (Whisper and its kin) or one that spells (CTC)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shisaku.core.drop import Failure
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.openai.instructions import language_answered
from shisaku.models.openai.shown import one_of
from shisaku.models.openai.untrusted import as_text
from shisaku.models.resample import resampled
from shisaku.models.torch_local.device import joined, read, side
from shisaku.models.torch_local.libraries import transformers_library
from shisaku.models.torch_local.resident import Item, Resident
from shisaku.store.codecs import decode_wave

RATE: Final = 16_000  # Hz; what every recogniser in use was trained at


class FolderListener(Resident):
    """Writes down the first recording among the parts, always the likeliest words: no seed, no temperature.

    Of a recording longer than Whisper's window, the windows are heard one after the other, by the library's own rule.
    """

    def _open(self) -> None:
        library = transformers_library()
        self._spells = self._settings.task == "ctc" or (
            self._settings.task == "auto" and self._folder.architecture.endswith("CTC")
        )
        cls = library.AutoModelForCTC if self._spells else library.AutoModelForSpeechSeq2Seq
        self._model = read(cls, self._folder.path, self._settings)
        self._processor = side(library.AutoProcessor, self._folder.path)
        rate = self._processor.feature_extractor.sampling_rate
        if rate != RATE:
            raise ValueError(f"a sampling rate of {rate} Hz; {RATE} is what is heard here")
        self._window: int = getattr(self._processor.feature_extractor, "n_samples", 0)

    def _prepare(self, ask: Ask) -> Item:
        wave, rate = decode_wave(ask.sample.parts[one_of(ask.sample, ask.parts, "audio")])
        heard = resampled(wave, rate)
        inputs: dict[str, Any] = {"sampling_rate": RATE, "return_tensors": "pt"}
        if 0 < self._window < len(heard):
            inputs |= {"truncation": False, "padding": "longest", "return_attention_mask": True}
        made = dict(self._processor(heard, **inputs))
        shape = tuple((name, tuple(one.shape)) for name, one in made.items())
        return Item(ask, (shape, self._language(ask)), made)

    def _run(self, items: Sequence[Item]) -> list[Answer]:
        inputs = joined([item.inputs for item in items], self._model)
        written = self._spelt(inputs) if self._spells else self._written(inputs, self._language(items[0].ask))
        texts = self._processor.batch_decode(written, skip_special_tokens=True)
        return [self._text(item.ask, text) for item, text in zip(items, texts, strict=True)]

    def _spelt(self, inputs: Mapping[str, Any]) -> Any:
        return self._model(**inputs).logits.argmax(dim=-1)

    def _written(self, inputs: Mapping[str, Any], language: str) -> Any:
        options: dict[str, Any] = {"do_sample": False, "num_beams": 1}
        if getattr(self._model.generation_config, "is_multilingual", False):
            options |= {"task": "transcribe", **({"language": language} if language else {})}
        if self._window and "attention_mask" in inputs:
            options["return_timestamps"] = True
        return self._model.generate(**inputs, **options)

    def _text(self, ask: Ask, text: str) -> Answer:
        if not text.strip():
            return Failure(say("Nothing was heard in the recording"))
        return as_text(text, language_answered(self._role, ask))

    def _language(self, ask: Ask) -> str:
        tag = str(ask.options.get("language", ""))
        return self._settings.languages.get(tag, tag)
