"""Files for learners that want to see more of an item than its features: one canonical part of every item."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shisaku.core.study_spec import StudySpec
from shisaku.errors import RecipeError
from shisaku.message import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shisaku.core.sample import Sample
    from shisaku.lab.items import Items, StudyData
    from shisaku.store.run import Run


def with_media(run: Run, spec: StudySpec, data: StudyData) -> StudyData:
    """Return `data` whose items know the file of the part that a learner of the study names under ``media``.

    Files are named by their content, so a name tells neither id nor label, and lie in the run's work folder. Without
    such a learner nothing is written. Raises RecipeError where an item has no such part,
    learners ask for different ones, or the study would spoil or hide what files show.
    """
    parts = {str(one.get("media", "")) for one in (spec.learner, *(arm.learner for arm in spec.arms))} - {""}
    if not parts:
        return data
    if len(parts) > 1:
        raise RecipeError(
            say("The learners of one study ask for different parts: {parts}", parts=", ".join(sorted(parts))),
            where=f"study {spec.name}: learner: media",
            next=say("Make a study of each"),
        )
    (part,) = parts
    _whole(spec)
    folder = run.path / "work" / "media"
    streams = {name: _with_files(run, name, items, part, folder, spec) for name, items in data.streams.items()}
    if spec.train == "made":  # the real stream is a catalogue: nothing of it is trained on or tested
        return replace(data, streams=streams)
    return replace(data, real=_with_files(run, spec.real, data.real, part, folder, spec), streams=streams)


def _whole(spec: StudySpec) -> None:
    """Raise RecipeError where features would be spoiled or hidden, but the files beside them not."""
    spoilt = [f"domain {domain.name}: spoil" for domain in spec.domains if domain.spoil]
    hidden = [f"arm {arm.name}: views" for arm in spec.arms if arm.views]
    for place in (*spoilt, *hidden):
        raise RecipeError(
            say("A learner that gets files sees them whole: {place} would not reach them", place=place),
            where=f"study {spec.name}: learner: media",
            next=say("Make a study without `media` for it, or a derived domain whose files are spoiled"),
        )


def _with_files(run: Run, stream: str, items: Items, part: str, folder: Path, spec: StudySpec) -> Items:
    samples = run.stream(stream).take(list(items.ids))
    missing = [sample.id for sample in samples if part not in sample.parts]
    if missing:
        raise RecipeError(
            say("{n} samples of stream {stream} have no part {part}, first {id}",
                n=len(missing), stream=stream, part=part, id=missing[0]),
            where=f"study {spec.name}: learner: media",
            next=say("Name a part that every sample of the study's streams has"),
        )  # fmt: skip
    return replace(items, media=_written(samples, part, folder))


def _written(samples: Sequence[Sample], part: str, folder: Path) -> tuple[str, ...]:
    from shisaku.store.atomic import write_bytes
    from shisaku.store.writers.files import SUFFIX, file_bytes

    paths = []
    for sample in samples:
        data = file_bytes(sample, part)
        path = folder / f"{hashlib.sha256(data).hexdigest()[:32]}{SUFFIX[sample.parts[part].kind]}"
        if not path.is_file():
            write_bytes(path, data)
        paths.append(str(path.absolute()))
    return tuple(paths)
