"""The reader behind ``data: {reader: stamps}``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from shisaku.core.identity import fingerprint
from shisaku.core.sample import UNKNOWN
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.store.readers.reader import RawPart, Record
from shisaku_stamps.fetch import GCOMPRIS, TUXPAINT, check_folder, fetch
from shisaku_stamps.halves import halves
from shisaku_stamps.lists import Picture, backgrounds, cartoons, class_map, photos
from shisaku_stamps.pictures import Taken, take
from shisaku_stamps.stamps import Stamp, for_the_chain, stamps

LABEL = "class"
# Animals, plants and things: nobody had to be asked. In photographs of monuments people walk about far away.
NOBODY = "not-personal"


@dataclass(frozen=True)
class StampsReader:
    """Tux Paint's stamps and GCompris' pictures, one record each.

    Facts tell what a record is for: `role` task (stamps, with English and Japanese captions), photo,
    cartoon, or background with its `half` (train, validation, test); ``chain: "yes"`` marks the stamps
    that go through the speech chain. Labels: `class`, nine of them, as ``data/classes.yaml`` says.
    A picture whose licence its package does not state has a problem and becomes a Drop.

    `data_dir` names a folder with both packages' ``usr/share`` (empty: fetched into the cache once, pinned
    by hash). `seed` decides the halves of the backgrounds and who goes through the chain.
    """

    data_dir: str = ""
    seed: int = 1
    chain_items: int = 12

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
        chain = for_the_chain(found, self.chain_items, self.seed)
        yield from (_stamp_record(stamp, stamp.name in chain) for stamp in found)
        facts = self._facts()
        for taken in take(root, _listed()):
            yield _picture_record(taken, facts[taken.picture.file])

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
        return fingerprint("stamps", 1, asdict(self), pins, class_map(), _listed())

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


def _listed() -> list[Picture]:
    return [*photos(), *cartoons(), *backgrounds()]


def _stamp_record(stamp: Stamp, chained: bool) -> Record:
    parts = {"image": RawPart("image", stamp.path)}
    if stamp.english:
        parts["caption"] = RawPart("text", stamp.english, "en")
    if stamp.japanese:
        parts["caption_ja"] = RawPart("text", stamp.japanese, "ja")
    return Record(
        f"stamps/{stamp.name}",
        parts,
        {LABEL: stamp.label},
        licence=stamp.licence,
        consent=NOBODY,
        facts={"role": "task", "package": TUXPAINT.name, "chain": "yes" if chained else "no"},
        problem=_unlicensed(stamp.licence),
    )


def _picture_record(taken: Taken, facts: dict[str, str]) -> Record:
    picture = taken.picture
    return Record(
        "gcompris/" + picture.file.replace("/resource/", "/").removesuffix(".webp"),
        {"image": RawPart("image", taken.path)},
        {LABEL: picture.label} if picture.label else {},
        group=picture.scene,
        licence=taken.licence,
        consent=UNKNOWN if picture.kind else NOBODY,
        facts={**facts, "package": GCOMPRIS.name},
        problem=_unlicensed(taken.licence),
    )


def _unlicensed(licence: str) -> Message | None:
    return say("Its package states no licence for it") if licence == UNKNOWN else None


def _counts(names: Sequence[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(Counter(names).items())) + f" (all: {len(names)})"
