"""A model of one kind of part whose last layer is pooled into one vector."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shisaku.core.sample import Kind, Part
from shisaku.models.resample import resampled
from shisaku.models.torch_local.device import joined, read, side
from shisaku.models.torch_local.folder import Folder
from shisaku.models.torch_local.libraries import transformers_library
from shisaku.models.torch_local.settings import Settings
from shisaku.store.codecs import decode_image, decode_wave
from shisaku.store.white import over_white

POOLING: Final = "1_Pooling/config.json"
RATE: Final = 16_000  # Hz


class OneTower:
    """Gives texts, pictures or recordings vectors of length 1, by the kind that the model knows.

    Texts are pooled as the folder of a sentence encoder says, else as `pooling` says; pictures and recordings by the
    mean over patches and over time.
    """

    def __init__(self, folder: Folder, settings: Settings) -> None:
        library = transformers_library()
        self._model = read(library.AutoModel, folder.path, settings)
        self.kinds: tuple[Kind, ...] = (_kind(self._model),)
        beside = {"text": "AutoTokenizer", "image": "AutoImageProcessor", "audio": "AutoFeatureExtractor"}
        self._beside = side(getattr(library, beside[self.kinds[0]]), folder.path)
        self._prefix = settings.prefix
        self._pooling = settings.pooling
        if (folder.path / POOLING).is_file():
            told = json.loads((folder.path / POOLING).read_bytes())
            self._pooling = "first" if told.get("pooling_mode_cls_token") else "mean"
            self._pooling = "last" if told.get("pooling_mode_lasttoken") else self._pooling

    def inputs(self, part: Part) -> dict[str, Any]:
        """Return the tensors of a part."""
        if part.kind == "image":
            from PIL import Image

            made = self._beside(images=Image.fromarray(over_white(decode_image(part))), return_tensors="pt")
            return {"pixel_values": made["pixel_values"]}
        if part.kind == "audio":
            wave = resampled(*decode_wave(part))
            return {"input_values": self._beside(wave, sampling_rate=RATE, return_tensors="pt")["input_values"]}
        limit = getattr(self._model.config, "max_position_embeddings", None)
        made = self._beside(self._prefix + part.text, return_tensors="pt", truncation=limit is not None,
                            max_length=limit)  # fmt: skip
        return {name: made[name] for name in ("input_ids", "attention_mask")}

    def vectors(self, rows: Sequence[Mapping[str, Any]]) -> Any:
        """Return one vector [rows, d] for each row; rows of one length need no mask."""
        layer = self._model(**joined(rows, self._model)).last_hidden_state.float()
        layer = layer.flatten(2).transpose(1, 2) if layer.ndim == 4 else layer
        pooled = {"first": layer[:, 0], "last": layer[:, -1]}.get(self._pooling if self.kinds == ("text",) else "mean")
        found = layer.mean(dim=1) if pooled is None else pooled
        return found / found.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def _kind(model: Any) -> Kind:
    kinds: dict[str, Kind] = {"pixel_values": "image", "input_values": "audio", "input_ids": "text"}
    if model.main_input_name not in kinds:
        raise ValueError(f"a model of {model.main_input_name}")
    return kinds[model.main_input_name]
