"""The files beside Kokoro's graph: its symbols and its voices."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable

import numpy as np

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.roles import Vectors
from shisaku.models.weights import Weights

SYMBOLS_FILE, VOICES_FILE = "vocab.json", "voices.npz"
STYLE_SHAPE = (510, 1, 256)  # one style per number of symbols


def read_symbols(weights: Weights) -> dict[str, int]:
    """Return symbol to number. Raises WeightsError if the file is not such a table."""
    try:
        table = json.loads(weights.read(SYMBOLS_FILE))["vocab"]
        if not all(len(symbol) == 1 and isinstance(number, int) for symbol, number in table.items()):
            raise ValueError("not a table of single symbols")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(weights, SYMBOLS_FILE, str(error)) from error
    return dict(table)


def read_styles(weights: Weights, voices: Iterable[str]) -> dict[str, Vectors]:
    """Return the styles [510, 1, 256] of each voice. Raises WeightsError if one is missing or has another shape."""
    try:
        with np.load(io.BytesIO(weights.read(VOICES_FILE)), allow_pickle=False) as archive:
            styles = {voice: archive[voice] for voice in voices}
    except (ValueError, KeyError, OSError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged(weights, VOICES_FILE, str(error)) from error
    for voice, style in styles.items():
        if style.shape != STYLE_SHAPE or style.dtype != np.float32 or not np.isfinite(style).all():
            raise _damaged(weights, VOICES_FILE, f"{voice} is {style.dtype} {style.shape}")
    return styles


def _damaged(weights: Weights, file: str, cause: str) -> WeightsError:
    return WeightsError(
        say("{file} of {model} cannot be read: {cause}", file=file, model=weights.name, cause=cause[:200]),
        where=str(weights.path(file)),
        next=say("Delete it and run `shisaku models pull {model}`", model=weights.name),
    )
