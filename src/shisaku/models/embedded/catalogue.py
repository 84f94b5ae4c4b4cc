"""Which embedded models there are for a role, the weights they need, and which of them is the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shisaku.core.back_end import BackEnd
from shisaku.errors import RecipeError, WeightsError
from shisaku.message import say
from shisaku.models.ask import Generator, Role


@dataclass(frozen=True, slots=True)
class Embedded:
    """A model of our own in one role: its name, and the names of its weights in the lock."""

    name: str
    weights: tuple[str, ...] = ()


# The first of a role is its default.
CATALOGUE: Final[dict[Role, tuple[Embedded, ...]]] = {
    "captioner": (Embedded("template-captioner", ("efficientnet-lite0",)),),
    "rewriter": (Embedded("rule-rewriter"),),
    "painter": (Embedded("styletransfer-26", ("styletransfer-26",)),),
    "speaker": (
        Embedded("flite", ("flite",)),
        Embedded("kokoro-82m", ("flite", "kokoro-82m", "misaki-lexicon")),
    ),
    "listener": (
        Embedded("whisper-tiny-en", ("whisper-tiny-en", "silero-vad")),
        Embedded("whisper-base", ("whisper-base", "silero-vad")),
    ),
    "translator": (),
    "embedder": (
        Embedded("minilm-l6", ("minilm-l6",)),
        Embedded("bge-small-en", ("bge-small-en",)),
        Embedded("efficientnet-lite0", ("efficientnet-lite0",)),
    ),
    "judge": (Embedded("reranker-minilm", ("reranker-minilm",)),),
}


def default(role: Role) -> BackEnd:
    """Return the embedded default of a role. Raises WeightsError where none is embedded."""
    if not CATALOGUE[role]:
        raise WeightsError(
            say("No {role} is embedded", role=role),
            next=say("Add one to `models` of the recipe and name it in the step: a server, or a folder of your own"),
        )
    return BackEnd(CATALOGUE[role][0].name, "embedded", CATALOGUE[role][0].name)


def weights_of(role: Role, model: str) -> tuple[str, ...]:
    """Return the weights behind an embedded model. Raises RecipeError where it does not play that role."""
    return _entry(role, model).weights


def generator(role: Role, back_end: BackEnd) -> Generator:
    """Return an embedded model in a role. Raises RecipeError where it does not play it, WeightsError for weights."""
    name = _entry(role, back_end.model).name
    if role == "captioner":
        from shisaku.models.embedded.template_captioner import TemplateCaptioner

        return TemplateCaptioner(back_end.params)
    if role == "rewriter":
        from shisaku.models.embedded.rule_rewriter import RuleRewriter

        return RuleRewriter()
    if role == "painter":
        from shisaku.models.embedded.style_painter import StylePainter

        return StylePainter()
    if role == "speaker":
        from shisaku.models.embedded.reader_aloud import ReaderAloud

        return ReaderAloud(name)
    if role == "listener":
        from shisaku.models.embedded.transcriber import Transcriber

        return Transcriber(name)
    if role == "judge":
        from shisaku.models.embedded.closeness_judge import ClosenessJudge

        return ClosenessJudge()
    from shisaku.models.embedded.embedding_maker import EmbeddingMaker

    return EmbeddingMaker(name)


def _entry(role: Role, model: str) -> Embedded:
    for one in CATALOGUE[role]:
        if one.name == model:
            return one
    names = ", ".join(one.name for one in CATALOGUE[role]) or "-"
    raise RecipeError(
        say("{model} is no embedded {role}", model=model, role=role),
        next=say("The embedded ones are {names}", names=names),
    )
