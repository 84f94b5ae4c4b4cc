"""Captions from the classes of an image classifier, put into a template. Not a vision-language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask
from shisaku.store.codecs import decode_image
from shisaku.store.white import over_white

MODEL = "efficientnet-lite0"
TEMPLATE = "a photo of a {name}"


class TemplateCaptioner:
    """Captioner: the most probable of 1000 ImageNet classes in the template of `params`; reads no prompt."""

    backend = "template captioner over ImageNet-1k labels (EfficientNet-Lite0)"

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._template = str(params.get("template", TEMPLATE))

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return a caption of the first image among the parts of each ask."""
        from shisaku.models.loading import load

        images: dict[int, Any] = {}
        failed: dict[int, Failure] = {}
        for place, ask in enumerate(asks):
            try:
                images[place] = _rgb(ask)
            except DataError as error:
                failed[place] = Failure(error.what)
        classifier = load(MODEL)
        best = classifier.logits(list(images.values())).argmax(axis=1) if images else ()
        named = {place: classifier.classes[int(row)] for place, row in zip(images, best, strict=True)}
        return [failed[i] if i in failed else self._caption(named[i]) for i in range(len(asks))]

    def _caption(self, name: str) -> Part:
        return Part.from_text(self._template.replace("{name}", name), "en")


def _rgb(ask: Ask) -> Any:
    part = next((ask.sample.parts[name] for name in ask.parts if ask.sample.parts[name].kind == "image"), None)
    if part is None:
        raise DataError(say("The captioner needs an image"))
    return over_white(decode_image(part))
