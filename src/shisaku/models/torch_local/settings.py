"""What a recipe may say about a model in a folder, checked before the folder is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from shisaku.core.back_end import BackEnd
from shisaku.errors import RecipeError
from shisaku.message import Message, say

DTYPES: Final = ("auto", "float32", "float16", "bfloat16")
TASKS: Final = ("auto", "chat", "seq2seq", "vision", "ctc", "towers")
POOLINGS: Final = ("mean", "first", "last")
WRITERS: Final = ("captioner", "rewriter", "translator", "judge")
# Parameters that only some roles have.
OF_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("max_new_tokens", "temperature", "top_p", "top_k"), WRITERS),
    **dict.fromkeys(("steps", "guidance", "negative"), ("painter",)),
    **dict.fromkeys(("vocoder", "voices"), ("speaker",)),
    "languages": ("translator", "listener"),
    "pooling": ("embedder",),
    "prefix": (*WRITERS, "embedder"),
}
WRITING: Final = 0.8  # the temperature of a rewriter, whose rounds must differ


@dataclass(frozen=True)
class Settings:
    """The parameters of a model in a folder.

    `device` is auto (cuda, else mps, else cpu), cpu, cuda, cuda:N or mps; `dtype` auto (float32 on a processor, else
    as the folder was written), float32, float16 or bfloat16. `batch` asks of equal shape are answered at once: 1, the
    default, gives answers that hang on nothing but their ask; with more, sums are rounded in another order (a few
    1e-6 of a float32 logit), which can turn a choice between words that are as good as equal.
    `max_new_tokens`, `temperature` (0: always the likeliest word; a rewriter has 0.8 unless told), `top_p` and `top_k`
    are those of what writes; `steps`, `guidance` and `negative` those of a painter. `task` says how to open a folder
    that could be opened in several ways: chat, seq2seq, vision, ctc or towers. `languages` translates tags into the
    model's own codes (``{ja: jpn_Jpan}``). `vocoder` is the folder of a speaker's second half, `voices` names the NPY
    files of its voices. `pooling` (mean, first, last) and `prefix` are those of an embedder of texts.
    """

    device: str = "auto"
    dtype: str = "auto"
    batch: int = 1
    max_new_tokens: int = 256
    temperature: float = -1.0
    top_p: float = 1.0
    top_k: int = 0
    steps: int = 30
    guidance: float = -1.0
    negative: str = ""
    task: str = "auto"
    languages: Mapping[str, str] = field(default_factory=dict)
    vocoder: str = ""
    voices: Mapping[str, str] = field(default_factory=dict)
    pooling: str = "mean"
    prefix: str = ""

    @property
    def files(self) -> tuple[Path, ...]:
        """The folder of the vocoder and the files of the voices."""
        named = (*([self.vocoder] if self.vocoder else []), *self.voices.values())
        return tuple(Path(one).expanduser().absolute() for one in named)

    def warmth(self, role: str) -> float:
        """Return the temperature of a role."""
        if self.temperature >= 0:
            return self.temperature
        return WRITING if role == "rewriter" else 0.0


def settings_of(back_end: BackEnd) -> Settings:
    """Return the settings that `params` give. Raises RecipeError for what is unknown or makes no sense."""
    kinds = {one.name: type(getattr(Settings(), one.name)) for one in fields(Settings)}
    for name, value in back_end.params.items():
        if name not in kinds:
            raise _wrong(back_end, say("A model in a folder has no parameter {name}", name=name))
        if not _fits(value, kinds[name]):
            raise _wrong(back_end, say("{name} cannot be {value}", name=name, value=repr(value)))
    given: dict[str, Any] = {
        name: dict(value) if isinstance(value, Mapping) else kinds[name](value)
        for name, value in back_end.params.items()
    }
    settings = Settings(**given)
    _check(settings, back_end)
    return settings


def check_role(back_end: BackEnd, role: str) -> None:
    """Raise RecipeError for a parameter that models in that role do not have."""
    for name in back_end.params:
        if role not in OF_ROLES.get(name, (role,)):
            raise _wrong(back_end, say("A {role} in a folder has no parameter {name}", role=role, name=name))


def _fits(value: Any, kind: type) -> bool:
    if kind is dict:
        return isinstance(value, Mapping) and all(isinstance(one, str) for one in (*value, *value.values()))
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is kind


def _check(settings: Settings, back_end: BackEnd) -> None:
    for name, allowed in {"dtype": DTYPES, "task": TASKS, "pooling": POOLINGS}.items():
        if getattr(settings, name) not in allowed:
            raise _wrong(back_end, say("{name} must be one of {allowed}", name=name, allowed=", ".join(allowed)))
    for name in ("batch", "max_new_tokens", "steps"):
        if getattr(settings, name) < 1:
            raise _wrong(back_end, say("{name} must be a whole number above 0", name=name))
    if not 0 < settings.top_p <= 1:
        raise _wrong(back_end, say("{name} must be above 0 and at most 1", name="top_p"))
    if settings.top_k < 0:
        raise _wrong(back_end, say("{name} cannot be {value}", name="top_k", value=repr(settings.top_k)))
    for name in ("temperature", "guidance"):
        if name in back_end.params and not 0 <= getattr(settings, name) <= 100:
            raise _wrong(back_end, say("{name} cannot be {value}", name=name, value=repr(getattr(settings, name))))
    if settings.device not in ("auto", "cpu", "cuda", "mps") and not (
        settings.device.startswith("cuda:") and settings.device[5:].isdecimal()
    ):
        raise _wrong(back_end, say("{name} must be one of {allowed}", name="device", allowed="auto, cpu, cuda:N, mps"))


def _wrong(back_end: BackEnd, what: Message) -> RecipeError:
    return RecipeError(what, where=f"models.{back_end.name}")
