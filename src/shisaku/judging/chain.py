"""The chains of a recipe, hop by hop, and the steps that let every hop be read by the same meters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shisaku.auditing.plan import Contents
from shisaku.core.recipe import Recipe, Step
from shisaku.core.sample import Kind
from shisaku.core.transform import Transform
from shisaku.message import Message, say
from shisaku.registry.doors import op_class
from shisaku.registry.make import make_op
from shisaku.registry.streams import streams_of

MOST, FEWEST = 24, 2  # chains of a recipe; hops of a chain
FEATURES, HEARD = "features", "heard_by_judge"
READ: Mapping[str, str] = {"image": "image.embed", "text": "text.embed", "audio": "audio.embed"}
QUALITY: Mapping[str, str] = {"image": "image.visual_quality", "audio": "audio.naturalness"}


@dataclass(frozen=True, slots=True)
class Hop:
    """A stream of a chain and the part that its step wrote; of the first, which came in, the part that was read."""

    stream: str
    part: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Metered:
    """A chain with the steps that read it: `meaning` writes features of every hop, `label` and `quality` score it."""

    hops: tuple[Hop, ...]
    space: str
    meaning: tuple[str, ...]
    label: tuple[str, ...] = ()
    quality: Mapping[str, str] = field(default_factory=dict)


def chains_of(recipe: Recipe) -> list[tuple[Hop, ...]]:
    """Return every way through the recipe with at least two hops, from what came in to an end of it.

    A hop is a step that writes a text, an image or a sound; keep-rules and features are passed through.
    """
    streams = streams_of(recipe)
    hops = {step.name: (step, hop) for step in recipe.steps if (hop := _hop(step)) is not None}

    def before(name: str) -> list[str]:
        found, waiting = [], list(streams[name].source)
        while waiting:
            here = waiting.pop(0)
            if here in hops or streams[here].origin in ("root", "select"):
                found.append(here)
            else:
                waiting += streams[here].source
        return list(dict.fromkeys(found))

    used = {name for hop in hops for name in before(hop)}
    paths = [path for end in hops if end not in used for path in _back((end,), before, hops)]
    found = []
    for path in paths[:MOST]:
        begin = _begin(path[0], hops[path[1]][0]) if len(path) > FEWEST else None
        if begin is not None:
            found.append((begin, *(hops[name][1] for name in path[1:])))
    return found


def _back(
    path: tuple[str, ...], before: Callable[[str], list[str]], hops: Collection[str]
) -> Iterator[tuple[str, ...]]:
    if path[0] not in hops:
        yield path
        return
    for name in before(path[0]):
        if name not in path:
            yield from _back((name, *path), before, hops)


def _hop(step: Step) -> Hop | None:
    if not issubclass(op_class(step.op), Transform):
        return None
    written = make_op(step.op, step.params).writes_parts()
    return next((Hop(step.name, part, kind) for part, kind in written.items() if kind in READ), None)


def _begin(stream: str, first: Step) -> Hop | None:
    read = make_op(first.op, first.params).reads_parts()
    return next((Hop(stream, part, kind) for part, kind in read.items() if kind in READ), None)


def metered(
    hops: tuple[Hop, ...], contents: Callable[[str], Contents], add: Callable[[Step], str]
) -> tuple[Metered | None, list[Message]]:
    """Add the steps that read a chain, and return which they are; None and why where its hops share no space.

    Where all hops are of one kind its own features are the space. Else it is that of English sentences (MiniLM): an
    image by the names of what is seen in it (ConSE), a sound by what is heard in it. `contents` tells what a stream
    consists of.
    """
    kinds = {hop.kind for hop in hops}
    langs = {contents(hop.stream).langs.get(hop.part, "") for hop in hops if hop.kind != "image"} - {""}
    alone = next(iter(kinds)) if len(kinds) == 1 else ""
    if not alone and langs - {"en"}:
        return None, [say("No drift of {chain}: its hops share a space in English alone", chain=_named(hops))]
    meaning = tuple(add(step) for hop in hops for step in _seen(hop, alone, langs, add))
    labels = contents(hops[0].stream).labels
    label = _label_steps(hops, meaning, labels[0], add) if len(labels) == 1 else ()
    quality = {hop.stream: add(_quality_step(hop)) for hop in hops if hop.kind in QUALITY}
    space = READ[alone] if alone else "text.embed"
    return Metered(hops, space, meaning, label, quality), []


def _seen(hop: Hop, alone: str, langs: Collection[str], add: Callable[[Step], str]) -> Iterator[Step]:
    """Yield the step that writes the features of a hop; what it rests on is added on the way."""
    name, stream = f"{hop.stream}.drift", hop.stream
    if alone:
        more = {"model": "char_ngrams"} if alone == "text" and set(langs) - {"en"} else {}
        yield Step(name, READ[alone], (stream,), {hop.kind: hop.part, **more})
    elif hop.kind == "image":
        yield Step(name, "pairs.conse", (stream,), {"image": hop.part})
    elif hop.kind == "text":
        yield Step(name, READ["text"], (stream,), {"text": hop.part})
    else:
        heard = Step(
            f"{stream}.heard", "audio.transcribe", (stream,), {"audio": hop.part, "write": HEARD, "language": "en"}
        )
        yield Step(name, READ["text"], (add(heard),), {"text": HEARD})


def _quality_step(hop: Hop) -> Step:
    return Step(f"{hop.stream}.drift_quality", QUALITY[hop.kind], (hop.stream,), {hop.kind: hop.part})


def _label_steps(hops: Sequence[Hop], views: Sequence[str], label: str, add: Callable[[Step], str]) -> tuple[str, ...]:
    return tuple(
        add(Step(f"{hop.stream}.drift_label", "dataset.label_agreement", (view,), {"label": label}, reference=views[0]))
        for hop, view in zip(hops, views, strict=True)
    )


def _named(hops: Sequence[Hop]) -> str:
    return " > ".join(hop.stream for hop in hops)
