"""Writes instruction-tuning data: conversations in LLaVA's, ShareGPT's or ChatML's form, with masks for the answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shisaku.core.sample import Sample
from shisaku.errors import MediaError, RecipeError
from shisaku.message import say
from shisaku.store.codecs import decode_table
from shisaku.store.conversation import (
    ASSISTANT,
    CONVERSATION,
    IMAGE,
    SYSTEM,
    USER,
    answer_mask,
    image_names,
    problem_of,
)
from shisaku.store.readers.record_json import FIELD, to_json
from shisaku.store.writers.files import file_bytes, file_name
from shisaku.store.writers.losses import FIELDS, Losses
from shisaku.store.writers.writer import Written

STYLES = ("llava", "sharegpt", "chatml")
SPEAKERS = {USER: "human", ASSISTANT: "gpt", SYSTEM: SYSTEM}


@dataclass(frozen=True)
class MmItWriter:
    """Multimodal instruction data (MM-IT): one object per sample that has a table part `conversation`.

    `style` llava: ``data.json``, a list with `conversations` of from/value, `image` (a path, or a list of them) and
    the system text beside the turns as `system`. sharegpt: the same with `images` and the system turn among the
    others. chatml: ``data.jsonl`` with `messages` of role/content, where a content with images is a list of text
    and image parts. Images lie in ``images``; paths count from the folder.

    `mask` has one number per written turn: 1 for the turns of the assistant, whose words a model is trained on, 0 for
    all others. The rest of every record is under the key `shisaku`; the readers llava and sharegpt read it. A
    conversation that cannot be trained on (roles out of order, an empty answer, another number of placeholders
    than images) is left out.

    Example::

        shisaku data export chats --to mm_it --set style=chatml --out chats-it
    """

    style: str = "llava"

    def write(self, samples: Iterable[Sample], out: Path) -> Written:
        """Write one conversation at a time. Raises RecipeError for an unknown style."""
        if self.style not in STYLES:
            raise RecipeError(
                say("There is no style {style}", style=self.style),
                next=say("Take one of these: {choices}", choices=", ".join(STYLES)),
            )
        losses, n = Losses(), 0
        is_list = self.style != "chatml"
        (out / "images").mkdir()
        with (out / ("data.json" if is_list else "data.jsonl")).open("w", encoding="utf-8", newline="\n") as file:
            for sample in samples:
                held = self._object(sample, out, losses)
                if held is not None:
                    file.write((",\n" if n else "[\n") if is_list else "")
                    file.write(json.dumps(held, ensure_ascii=False) + ("" if is_list else "\n"))
                    n += 1
            file.write(("\n]\n" if n else "[]\n") if is_list else "")
        return Written(n, losses.left_out, losses.messages())

    def _object(self, sample: Sample, out: Path, losses: Losses) -> dict[str, Any] | None:
        images = image_names(sample.parts)
        turns = _turns(sample)
        problem = problem_of(turns, len(images))
        if problem:
            losses.leave_out(problem)
            return None
        paths = [f"images/{file_name(sample.id, name, 'image')}" for name in images]
        for name, path in zip(images, paths, strict=True):
            (out / path).write_bytes(file_bytes(sample, name))
        carried = {name: sample.parts[name] for name in (CONVERSATION, *images)}
        losses.rest(sample, (*FIELDS, "times"), carried)
        if self.style == "llava" and turns[0]["role"] == SYSTEM and len(turns[0]) > 2:
            losses.field("what a system turn holds beside its content")
        styled = {"llava": _llava, "sharegpt": _sharegpt, "chatml": _chatml}[self.style](turns, paths)
        return {"id": sample.id, **styled, FIELD: to_json(replace(sample, parts=carried))}


def _turns(sample: Sample) -> Any:
    part = sample.parts.get(CONVERSATION)
    try:
        return decode_table(part) if part and part.kind == "table" else None
    except MediaError:
        return None


def _llava(turns: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> dict[str, Any]:
    first = turns[0] if turns[0]["role"] == SYSTEM else None
    spoken = turns[1:] if first else turns
    image = {"image": paths[0] if len(paths) == 1 else list(paths)} if paths else {}
    # LLaVA's own code knows two speakers only, and keys of a system turn but its content have no place beside them.
    system = {"system": first["content"]} if first else {}
    return {**image, **system, "conversations": [_from_value(turn) for turn in spoken], "mask": answer_mask(spoken)}


def _sharegpt(turns: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> dict[str, Any]:
    images = {"images": list(paths)} if paths else {}
    return {**images, "conversations": [_from_value(turn) for turn in turns], "mask": answer_mask(turns)}


def _chatml(turns: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> dict[str, Any]:
    left = iter(paths)
    messages = [{**turn, "content": _parts(turn["content"], left)} for turn in turns]
    return {"messages": messages, "mask": answer_mask(turns)}


def _parts(content: str, paths: Iterable[str]) -> str | list[dict[str, str]]:
    """Return a content with placeholders as a list of parts; the next of `paths` for each."""
    texts, left = content.split(IMAGE), iter(paths)
    if len(texts) == 1:
        return content
    found: list[dict[str, str]] = []
    for number, text in enumerate(texts):
        found += [{"type": "image", "image": next(left)}] if number else []
        found += [{"type": "text", "text": text}] if text else []
    return found


def _from_value(turn: Mapping[str, Any]) -> dict[str, Any]:
    others = {key: value for key, value in turn.items() if key not in ("role", "content")}
    return {"from": SPEAKERS[turn["role"]], "value": turn["content"], **others}
