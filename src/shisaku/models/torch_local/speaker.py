"""Speaker: a text-to-speech model in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError, WeightsError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.models.torch_local.device import read, side
from shisaku.models.torch_local.libraries import torch_library, transformers_library
from shisaku.models.torch_local.resident import Item, Resident
from shisaku.models.torch_local.sampling import SEEDS
from shisaku.models.words import words_to_say
from shisaku.store.codecs import encode_wave

SAMPLERS = ("sampling_rate", "sample_rate")


class FolderSpeaker(Resident):
    """Reads `ask.prompt`, or the first text among the parts, in `options.voice`; VITS keeps `options.speed` too.

    A voice is a speaker's number (VITS), or a name of `voices`, whose NPY files hold speaker vectors (SpeechT5). These
    models draw from the global random state, which is set from the ask's seed and put back; so each text goes alone,
    whatever `batch` says.
    """

    def _open(self) -> None:
        library = transformers_library()
        self._two = type(side(library.AutoConfig, self._folder.path)) in library.MODEL_FOR_TEXT_TO_SPECTROGRAM_MAPPING
        cls = library.AutoModelForTextToSpectrogram if self._two else library.AutoModelForTextToWaveform
        self._model = read(cls, self._folder.path, self._settings)
        self._vocoder = self._second_half(library) if self._two else None
        self._words = side(library.AutoTokenizer, self._folder.path)
        self._vectors = {name: _vector(file) for name, file in self._settings.voices.items()}

    def _prepare(self, ask: Ask) -> Item:
        return Item(ask, id(ask), dict(self._words(words_to_say(ask), return_tensors="pt")))

    def _run(self, items: Sequence[Item]) -> list[Answer]:
        return [self._said(item) for item in items]

    def _said(self, item: Item) -> Answer:
        torch = torch_library()
        inputs = {name: value.to(self._model.device) for name, value in item.inputs.items()}
        voice = str(item.ask.options.get("voice", ""))
        devices = [self._model.device] if self._model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(item.ask.seed % SEEDS)
            wave = self._spectrum(inputs, voice) if self._two else self._wave(inputs, voice, item.ask)
        flat = np.asarray(wave.float().cpu().numpy(), np.float32).reshape(-1)
        if not flat.size:
            return Failure(say("The model said nothing"))
        loudest = float(np.abs(flat).max())
        data = encode_wave(flat / loudest if loudest > 1 else flat, self._rate())
        lang = str(item.ask.options.get("language", ""))
        return Part("audio", data, uri=f"voice:{voice}" if voice else "", lang=lang)

    def _wave(self, inputs: dict[str, Any], voice: str, ask: Ask) -> Any:
        config = self._model.config
        if config.model_type != "vits":
            if voice:
                raise DataError(say("The model has no voice {voice}", voice=voice))
            made = self._model.generate(**inputs)
            return made[0] if isinstance(made, tuple) else getattr(made, "waveform", made)
        if voice:
            if not voice.isdecimal() or int(voice) >= config.num_speakers:
                raise DataError(say("The model has no voice {voice}", voice=voice))
            inputs["speaker_id"] = int(voice)
        rate, self._model.speaking_rate = self._model.speaking_rate, float(ask.options.get("speed", 1.0))
        try:
            return self._model(**inputs).waveform[0]
        finally:
            self._model.speaking_rate = rate

    def _spectrum(self, inputs: dict[str, Any], voice: str) -> Any:
        if not self._vectors:
            raise DataError(say("The model needs the vector of a voice: name NPY files under `voices`"))
        name = voice or sorted(self._vectors)[0]
        if name not in self._vectors:
            raise DataError(say("The model has no voice {voice}", voice=name))
        vector = torch_library().from_numpy(self._vectors[name])[None].to(self._model.device, self._model.dtype)
        return self._model.generate_speech(inputs["input_ids"], vector, vocoder=self._vocoder)

    def _second_half(self, library: Any) -> Any:
        if not self._settings.vocoder:
            raise WeightsError(
                say("The model makes spectrograms and needs a vocoder"),
                where=str(self._folder.path),
                next=say("Name the folder of one under `vocoder`"),
            )
        place = self._settings.files[0]
        return read(getattr(library, _vocoder_class(library, place)), place, self._settings)

    def _rate(self) -> int:
        known = [getattr(one.config, name, 0) for one in (self._vocoder, self._model) if one for name in SAMPLERS]
        own = getattr(self._model.generation_config, "sample_rate", 0) if self._model.can_generate() else 0
        return int(next(filter(None, [*known, own])))


def _vocoder_class(library: Any, place: Path) -> str:
    from shisaku.models.torch_local.folder import folder_at

    name = folder_at(str(place)).architecture
    if not name.endswith("HifiGan") or not hasattr(library, name):
        raise WeightsError(say("{architecture} is no vocoder", architecture=name), where=str(place))
    return name


def _vector(file: str) -> Any:
    try:
        vector = np.load(Path(file).expanduser(), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise WeightsError(say("The voice cannot be read: {cause}", cause=str(error)), where=file) from error
    return np.asarray(vector, np.float32).reshape(-1)
