"""The file of a part: its name and its bytes, the same in every format that keeps media as files."""

from __future__ import annotations

import io
import re
import unicodedata

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Kind, Sample
from shisaku.store.codecs import decode_vector
from shisaku.store.marks import marked
from shisaku.store.matroska import to_matroska

SUFFIX: dict[Kind, str] = {
    "image": ".png",
    "text": ".txt",
    "audio": ".wav",
    "video": ".mkv",
    "table": ".json",
    "points": ".npy",
    "embedding": ".npy",
}
LONGEST = 60
HASH = 8


def file_name(sample_id: str, part_name: str, kind: Kind) -> str:
    """Return ``<stem>.<part>.<suffix>``: no folder, readable, another one for every other id and part.

    Stem and part hold letters, digits, ``_`` and ``-`` of any script, and no dot: all files of a sample share what
    comes before the first dot, as WebDataset wants it. What had to be changed gets a hash of the whole.
    """
    return f"{stem(sample_id)}.{stem(part_name)}{SUFFIX[kind]}"


def stem(word: str) -> str:
    """Return `word` as a part of a file name, safe on every disk and in every archive."""
    plain = re.sub(r"[^\w-]+", "_", unicodedata.normalize("NFC", word)).strip("_-")[:LONGEST]
    # Disks that do not tell upper case from lower would put two ids into one file; a word that looks hashed might
    # be what another one became.
    if plain and plain == word == plain.lower() and not re.search(rf"-[0-9a-f]{{{HASH}}}$", plain):
        return plain
    return f"{plain}-{fingerprint(word)[:HASH]}".lstrip("-")


def file_bytes(sample: Sample, name: str) -> bytes:
    """Return the file of the part `name`, of the kind that `SUFFIX` says, marked if it is made. Raises MediaError."""
    part = sample.parts[name]
    if part.kind == "video":
        return to_matroska(part)
    if part.kind == "embedding":
        target = io.BytesIO()
        np.save(target, decode_vector(part), allow_pickle=False)
        return target.getvalue()
    return marked(part, sample)
