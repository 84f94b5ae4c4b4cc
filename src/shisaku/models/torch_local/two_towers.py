"""A model with one tower for pictures and one for texts, whose vectors can be compared (CLIP, SigLIP)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.core.sample import Part
from shisaku.models.torch_local.device import joined, read, side
from shisaku.models.torch_local.folder import Folder
from shisaku.models.torch_local.libraries import transformers_library
from shisaku.models.torch_local.settings import Settings
from shisaku.store.codecs import decode_image
from shisaku.store.white import over_white


def is_towers(about: Mapping[str, Any], task: str) -> bool:
    """Whether a folder holds two towers and no model that writes, as far as its config.json tells."""
    if task != "auto":
        return task == "towers"
    named = str(next(iter(about.get("architectures") or ()), ""))
    return "vision_config" in about and "text_config" in about and named.endswith("Model")


class TwoTowers:
    """Gives pictures and texts vectors of length 1 in one space."""

    kinds = ("image", "text")

    def __init__(self, folder: Folder, settings: Settings) -> None:
        library = transformers_library()
        self._model = read(library.AutoModel, folder.path, settings)
        self._processor = side(library.AutoProcessor, folder.path)
        self._prefix = settings.prefix

    def inputs(self, part: Part) -> dict[str, Any]:
        """Return the tensors of a part."""
        if part.kind == "image":
            from PIL import Image

            image = Image.fromarray(over_white(decode_image(part)))
            return {"pixel_values": self._processor(images=image, return_tensors="pt")["pixel_values"]}
        # SigLIP was trained on texts of one length, all others on texts as long as they are.
        padding = "max_length" if "siglip" in self._model.config.model_type else False
        made = self._processor.tokenizer(
            self._prefix + part.text, return_tensors="pt", padding=padding, truncation=True,
            max_length=self._model.config.text_config.max_position_embeddings,
        )  # fmt: skip
        return {name: made[name] for name in ("input_ids", "attention_mask") if name in made}

    def vectors(self, rows: Sequence[Mapping[str, Any]]) -> Any:
        """Return one vector [rows, d] for each row; all rows are pictures or all texts."""
        batch = joined(rows, self._model)
        sees = "pixel_values" in batch
        found = (self._model.get_image_features if sees else self._model.get_text_features)(**batch)
        found = getattr(found, "pooler_output", found).float()
        return found / found.norm(dim=-1, keepdim=True).clamp_min(1e-12)
