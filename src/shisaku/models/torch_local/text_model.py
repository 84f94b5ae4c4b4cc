"""Models that write, in the three ways in which transformers opens them, behind one face."""

from __future__ import annotations

import copy
import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Ask, Role
from shisaku.models.torch_local.device import joined, read, side
from shisaku.models.torch_local.folder import Folder
from shisaku.models.torch_local.libraries import torch_library, transformers_library
from shisaku.models.torch_local.sampling import RowSampling
from shisaku.models.torch_local.settings import Settings
from shisaku.models.torch_local.told import Told

# What the folder may say about decoding that would make answers hang on their neighbours, or on a global seed.
PLAIN: Final = {"do_sample": False, "num_beams": 1, "temperature": None, "top_p": None, "top_k": None}


class TextModel(ABC):
    """A model that writes: a request becomes tensors of one row, rows of one shape become texts."""

    def __init__(self, model: Any, tokenizer: Any, settings: Settings) -> None:
        self._model, self._tokenizer, self._settings = model, tokenizer, settings
        self._known = frozenset(inspect.signature(model.forward).parameters)
        # 0 where there is none: positions that are told relative to each other.
        self._limit: int = getattr(model.config.get_text_config(), "max_position_embeddings", None) or 0

    def inputs(self, told: Told, ask: Ask) -> dict[str, Any]:
        """Return the tensors of a request. Raises DataError for one that is too long."""
        made = {name: value for name, value in self._encoded(told, ask).items() if name in self._known}
        length = made["input_ids"].shape[1] if "input_ids" in made else 0
        if self._limit and length >= self._limit:
            raise DataError(say("The request has {n} tokens; the model takes {limit}", n=length, limit=self._limit))
        return made

    def texts(self, rows: Sequence[Mapping[str, Any]], seeds: Sequence[int], warmth: float, ask: Ask) -> list[str]:
        """Return what the model writes to rows of one shape."""
        batch = joined(rows, self._model)
        config = copy.deepcopy(self._model.generation_config)
        given = batch.get("input_ids")
        longest = self._settings.max_new_tokens
        if self._limit and given is not None and not self._model.config.is_encoder_decoder:
            longest = min(longest, self._limit - given.shape[1])
        config.update(**PLAIN, max_length=None, max_new_tokens=longest, **self._forced(ask))
        if config.pad_token_id is None:
            config.pad_token_id = self._tokenizer.pad_token_id or self._tokenizer.eos_token_id
        sampling = RowSampling(torch_library(), seeds, warmth, self._settings.top_p, self._settings.top_k)
        written = self._model.generate(**batch, generation_config=config, logits_processor=[sampling])
        return [
            self._tokenizer.decode(self._new(row, given[place] if given is not None else row[:0]),
                                   skip_special_tokens=True)
            for place, row in enumerate(written)
        ]  # fmt: skip

    def forced(self, ask: Ask) -> tuple[tuple[str, Any], ...]:
        """Return what must be the same in one batch beside the shape."""
        return tuple(sorted(self._forced(ask).items()))

    @abstractmethod
    def _encoded(self, told: Told, ask: Ask) -> Mapping[str, Any]:
        """Return tensors of one row."""

    def _forced(self, ask: Ask) -> dict[str, Any]:
        return {}

    def _new(self, row: Any, given: Any) -> Any:
        """Return what was written after what was given; some models give it back, one of them without its end."""
        for length in (len(given), len(given) - 1):
            if length > 0 and len(row) >= length and bool((row[:length] == given[:length]).all()):
                return row[length:]
        return row


class Causal(TextModel):
    """A language model that goes on: with its chat template where it has one."""

    def _encoded(self, told: Told, ask: Ask) -> Mapping[str, Any]:
        _sees_nothing(told)
        if self._tokenizer.chat_template:
            chat: Mapping[str, Any] = self._tokenizer.apply_chat_template(
                told.messages(pieces=False), add_generation_prompt=True, return_dict=True, return_tensors="pt"
            )
            return chat
        later = [f"{text}\n\n" for _, text in told.turns]
        encoded: Mapping[str, Any] = self._tokenizer("".join([f"{told.text}\n\n", *later]), return_tensors="pt")
        return encoded


class Seq2Seq(TextModel):
    """A model that reads a text and writes another. A pure translator is told the text alone."""

    def _encoded(self, told: Told, ask: Ask) -> Mapping[str, Any]:
        _sees_nothing(told)
        text = told.text
        if self._settings.prefix:
            text = f"{self._settings.prefix}{' '.join(told.texts)}"
        elif self._translates() and told.texts:
            text = "\n".join(told.texts)
        if hasattr(self._tokenizer, "src_lang") and ask.options.get("source"):
            self._tokenizer.src_lang = self._code(str(ask.options["source"]))
        encoded: Mapping[str, Any] = self._tokenizer(text, return_tensors="pt")
        return encoded

    def _translates(self) -> bool:
        return self._model.config.model_type == "marian" or hasattr(self._tokenizer, "src_lang")

    def _forced(self, ask: Ask) -> dict[str, Any]:
        target = str(ask.options.get("target", ""))
        if not target or not hasattr(self._tokenizer, "src_lang"):
            return {}
        code = self._code(target)
        get = getattr(self._tokenizer, "get_lang_id", self._tokenizer.convert_tokens_to_ids)
        place = get(code)
        if place is None or place == self._tokenizer.unk_token_id:
            raise DataError(say("The model does not know the language {language}: say its code under `languages`",
                                language=code))  # fmt: skip
        return {"forced_bos_token_id": place}

    def _code(self, tag: str) -> str:
        return self._settings.languages.get(tag, tag)

    def _new(self, row: Any, given: Any) -> Any:
        return row


class Vision(TextModel):
    """A model that sees and writes."""

    def __init__(self, model: Any, processor: Any, settings: Settings) -> None:
        super().__init__(model, processor.tokenizer, settings)
        self._processor = processor

    def _encoded(self, told: Told, ask: Ask) -> Mapping[str, Any]:
        from PIL import Image

        images = [Image.fromarray(one) for one in told.images]
        if getattr(self._processor, "chat_template", None):
            shown = Told(told.words, told.texts, tuple(images), told.turns)
            chat: Mapping[str, Any] = self._processor.apply_chat_template(
                shown.messages(pieces=True), add_generation_prompt=True, tokenize=True, return_dict=True,
                return_tensors="pt",
            )  # fmt: skip
            return chat
        # A captioner without a chat goes on with the words that it is given, and is better given none.
        words = "\n\n".join(filter(None, (ask.prompt, *told.texts)))
        encoded: Mapping[str, Any] = self._processor(images=images or None, text=words or None, return_tensors="pt")
        return encoded


def text_model(role: Role, folder: Folder, settings: Settings) -> TextModel:
    """Return the model of a folder that writes, opened the way that fits what it is."""
    library = transformers_library()
    task = settings.task if settings.task != "auto" else _task(library, role, folder)
    if task == "vision":
        return Vision(
            read(library.AutoModelForImageTextToText, folder.path, settings),
            side(library.AutoProcessor, folder.path),
            settings,
        )
    tokenizer = side(library.AutoTokenizer, folder.path)
    if task == "seq2seq":
        return Seq2Seq(read(library.AutoModelForSeq2SeqLM, folder.path, settings), tokenizer, settings)
    return Causal(read(library.AutoModelForCausalLM, folder.path, settings), tokenizer, settings)


def _task(library: Any, role: Role, folder: Folder) -> str:
    kind = type(side(library.AutoConfig, folder.path))
    if kind in library.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING and (
        role == "captioner" or "vision_config" in folder.about or kind not in library.MODEL_FOR_CAUSAL_LM_MAPPING
    ):
        return "vision"
    return "seq2seq" if kind in library.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING else "chat"


def _sees_nothing(told: Told) -> None:
    if told.images:
        raise DataError(say("The model reads texts and sees no pictures"))
