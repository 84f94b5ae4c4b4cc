"""The reader behind ``data: {reader: stamps}``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.reader import Record
from shisaku_stamps.draw import drawn
from shisaku_stamps.fetch import GCOMPRIS, TUXPAINT, check_folder, fetch
from shisaku_stamps.halves import halves
from shisaku_stamps.lists import Picture, backgrounds, cartoons, class_map, photos
from shisaku_stamps.pictures import take
from shisaku_stamps.records import catalogue_record, clip_record, picture_record, stamp_record
from shisaku_stamps.speech import Spoken, spoken
from shisaku_stamps.stamps import stamps

VERSION = 2  # goes up when the same packages would give other records


@dataclass(frozen=True)
class StampsReader:
    """Tux Paint's stamps and GCompris' pictures, one record each, and recordings of stamps' names.

    Facts tell what a record is for: `role` task (stamps, with English and Japanese captions), photo,
    cartoon, or background with its `half` (train, validation, test); ``chain: "yes"`` marks the stamps
    that go through the speech chain. Label: `class`, nine of them, as ``data/classes.yaml`` says.
    A picture whose licence its package does not state has a problem and becomes a Drop.

    Of the stamps whose English name somebody has recorded, the text is the `role` catalogue (``chain_ja:
    "yes"`` marks a few for the Japanese chain) and the recording the `role` clip, with its `slice`: dev, to
    choose recipes on, or test. Labels: `word`, and `group` (bird, ungulate, other). The package does not say who
    speaks or what they agreed to, so the consent of a clip is unknown.

    `data_dir` names a folder with both packages' ``usr/share`` (empty: fetched into the cache once, pinned
    by hash). `seed` decides the halves of the backgrounds, the `chain_items` stamps of each chain and the
    `dev_clips` recordings of the dev slice.
    """

    data_dir: str = ""
    seed: int = 1
    chain_items: int = 12
    dev_clips: int = 20

    def records(self) -> Iterator[Record]:
        """Give every record. Raises DataError for a folder without the packages' files or without stamps."""
        root = self._root()
        found = stamps(root)
        if not found:
            raise DataError(
                say("There is no stamp of any class in the data folder"),
                where=str(root),
                next=say("Check data_dir: it must hold {package}", package=TUXPAINT.name),
            )
        chain = drawn({stamp.name: stamp.label for stamp in found}, self.chain_items, self.seed, "chain")
        yield from (stamp_record(stamp, stamp.name in chain) for stamp in found)
        facts = self._facts()
        for taken in take(root, _listed()):
            yield picture_record(taken, facts[taken.picture.file])
        yield from self._speech(spoken(root))

    def notes(self) -> tuple[Message, ...]:
        """Say how many there are of each class and half, and how many the lists name but the packages lack."""
        root = self._root()
        facts, taken, listed = self._facts(), take(root, _listed()), len(_listed())
        by_role: dict[str, list[str]] = {"photo": [], "cartoon": [], "background": []}
        for one in taken:
            fact = facts[one.picture.file]
            by_role[fact["role"]].append(one.picture.label or fact["half"])
        found = [
            say("Stamps per class: {counts}", counts=_counts([stamp.label for stamp in stamps(root)])),
            say("Photos per class: {counts}", counts=_counts(by_role["photo"])),
            say("Cartoons per class: {counts}", counts=_counts(by_role["cartoon"])),
            say("Backgrounds per half: {counts}", counts=_counts(by_role["background"])),
            *_about_speech(spoken(root)),
        ]
        if len(taken) < listed:
            missing = listed - len(taken)
            found.append(
                say("{missing} of {listed} listed pictures are not in this version of {package}",
                    missing=missing, listed=listed, package=GCOMPRIS.name)
            )  # fmt: skip
        return tuple(found)

    def fingerprint(self) -> str:
        """Return what changes with the parameters, the pinned packages and the lists."""
        pins = (TUXPAINT.sha256, GCOMPRIS.sha256)
        return fingerprint("stamps", VERSION, asdict(self), pins, class_map(), _listed())

    def _root(self) -> Path:
        return check_folder(Path(self.data_dir).expanduser() if self.data_dir else fetch())

    def _facts(self) -> dict[str, dict[str, str]]:
        half = halves(backgrounds(), self.seed)
        return {
            **{p.file: {"role": "photo"} for p in photos()},
            **{p.file: {"role": "cartoon"} for p in cartoons()},
            **{
                p.file: {"role": "background", "half": half[p.file], "kind": p.kind, "scene": p.scene}
                for p in backgrounds()
            },
        }

    def _speech(self, found: Sequence[Spoken]) -> Iterator[Record]:
        in_japanese = {one.name: one.group for one in found if one.japanese}
        chain = drawn(in_japanese, self.chain_items, self.seed, "chain_ja")
        dev = drawn({one.name: one.group for one in found}, self.dev_clips, self.seed, "dev")
        yield from (catalogue_record(one, one.name in chain) for one in found)
        yield from (clip_record(one, "dev" if one.name in dev else "test") for one in found)


def _listed() -> list[Picture]:
    return [*photos(), *cartoons(), *backgrounds()]


def _about_speech(found: Sequence[Spoken]) -> Iterator[Message]:
    yield say("Recorded names per group: {counts}", counts=_counts([one.group for one in found]))
    if unseen := sum(one.picture is None for one in found):
        yield say("{n} of them have no picture in pixels", n=unseen)
    if shared := len(found) - len({one.word for one in found}):
        yield say("{n} of them have the name of another one: the same word, the same class", n=shared)


def _counts(names: Sequence[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(Counter(names).items())) + f" (all: {len(names)})"
