"""A few samples of every stream in a form that a report can show: thumbnails, short sounds and their spectrograms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any, TypeVar

from shisaku.core.dataset import Dataset
from shisaku.core.sample import Sample
from shisaku.store.miniature import data_uri, sound_picture

if TYPE_CHECKING:
    from shisaku.store.run import Run

TEXT_CHARS = 400
BUDGET = 2_000_000
VOICE_CHARS = 80
VOICE_FACTS = ("voice", "person", "synthesiser")


def exhibits(run: Run, per_stream: int, label: str = "", budget: int = BUDGET) -> list[dict[str, Any]]:
    """Return up to `per_stream` samples of each stream as plain dicts, sorted by stream and id.

    Keys: stream, id, parent, label, kind, text, facts (of the voice that speaks), data_uri, spectrogram and
    seconds (of a sound: its picture as a data URI, and how much of it is shown): one dict per image or sound
    of a sample, or one for its text. Images are JPEG of at most 128 pixels a side, over white; sounds are the
    first 6 seconds. Samples are spread evenly over ids, and streams take turns, so that `budget` (characters
    of all data URIs) cuts every stream alike; a sound counts with its spectrogram and is shown with it or not
    at all. Which samples are shown depends on nothing but the data. Streams with a dot in their name (features, random
    controls) show nothing that the others do not.
    """
    streams = {name: run.stream(name) for name in sorted(run.streams()) if "." not in name}
    rows: list[dict[str, Any]] = []
    left = budget
    for row in _in_turns([_shown(name, streams, per_stream, label) for name in streams]):
        left -= len(row["data_uri"]) + len(row["spectrogram"])
        if left < 0:
            break
        rows.append(row)
    return sorted(rows, key=lambda row: (row["stream"], row["id"], row["kind"]))


def voice_facts(sample: Sample) -> dict[str, str]:
    """Return who speaks in a sample, as far as the step that made it said so."""
    return {name: sample.facts[name][:VOICE_CHARS] for name in VOICE_FACTS if sample.facts.get(name)}


Turn = dict[str, Any]
Thing = TypeVar("Thing")


def _in_turns(turns: list[Iterator[Turn]]) -> Iterator[Turn]:
    while turns:
        for turn in list(turns):
            row = next(turn, None)
            if row is None:
                turns.remove(turn)
            else:
                yield row


def _shown(stream: str, streams: Mapping[str, Dataset], how_many: int, label: str) -> Iterator[Turn]:
    samples = streams[stream].take(_spread(streams[stream].ids(), how_many))
    told = _texts({sample.parents[0] for sample in samples if sample.parents}, streams.values())
    for sample in samples:
        yield from _rows(stream, sample, label, told)


def _texts(ids: Set[str], streams: Iterable[Dataset]) -> set[tuple[str, bytes]]:
    """Return (id, text) of every text of these samples, as far as a stream holds them."""
    found: dict[str, list[bytes]] = {}
    for dataset in streams:
        missing = ids - set(found)
        for sample in dataset.take([id_ for id_ in dataset.ids() if id_ in missing]) if missing else ():
            found[sample.id] = [part.data for part in sample.parts.values() if part.kind == "text"]
    return {(id_, text) for id_, texts in found.items() for text in texts}


def _spread(ids: list[str], how_many: int) -> list[str]:
    """Return ids at even distances, no two of one parent where there are enough, each time another sibling.

    A child's id is its parent's with a tail.
    """
    families: dict[str, list[str]] = {}
    for id_ in ids:
        families.setdefault(id_.rpartition("/")[0] or id_, []).append(id_)
    n = min(how_many, len(ids))
    if len(families) < n:
        return _evenly(ids, n)
    return [family[turn % len(family)] for turn, family in enumerate(_evenly(list(families.values()), n))]


def _evenly(things: list[Thing], n: int) -> list[Thing]:
    return [things[i * len(things) // n] for i in range(n)]


def _rows(stream: str, sample: Sample, label: str, told: Set[tuple[str, bytes]]) -> list[Turn]:
    """Return what is to be shown of a sample, each with the picture of its sound; its text is one of its own."""
    parent = sample.parents[0] if sample.parents else ""
    parts = [part for part in sample.parts.values() if part.kind == "text"]
    texts = [part.text for part in sorted(parts, key=lambda part: (parent, part.data) in told)]
    row = {
        "stream": stream,
        "id": sample.id,
        "parent": parent,
        "label": sample.labels.get(label, "") if label else ", ".join(sample.labels.values()),
        "kind": "text",
        "text": texts[0][:TEXT_CHARS] if texts else "",
        "facts": voice_facts(sample),
        "data_uri": "",
        "spectrogram": "",
        "seconds": 0.0,
    }
    media = [part for part in sample.parts.values() if part.kind in ("image", "audio", "video")]
    if not media:
        return [row] if texts else []
    found = []
    for part in media:
        picture, seconds = sound_picture(part)
        seen = {
            "kind": "image" if part.kind == "video" else part.kind,
            "data_uri": data_uri(part),
            "spectrogram": picture,
            "seconds": seconds,
        }
        found.append({**row, **seen})
    return found


def put_aside(samples: Iterable[Sample], budget: int = BUDGET) -> list[dict[str, Any]]:
    """Return samples with all their images, sounds and texts as plain rows, like those of `exhibits`.

    The stream is ``data``. What would go over `budget` (characters of data URIs) is shown by its texts alone.
    """
    rows: list[dict[str, Any]] = []
    left = budget
    for sample in samples:
        own = _rows("data", sample, "", set())
        size = sum(len(row["data_uri"]) + len(row["spectrogram"]) for row in own)
        if size > left:
            own, size = [{**row, "data_uri": "", "spectrogram": ""} for row in own[:1]], 0
        left -= size
        rows += own
        texts = [part.text[:TEXT_CHARS] for part in sample.parts.values() if part.kind == "text"]
        rows += [{**own[0], "data_uri": "", "spectrogram": "", "text": text} for text in texts if own]
    return rows
