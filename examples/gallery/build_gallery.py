"""Show what every op makes of a real sample: ``python examples/gallery/build_gallery.py [PAGE]``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from gallery_material import Material, material
from gallery_settings import PLAIN, SETTINGS, Setting

from shisaku.api import list_ops
from shisaku.core.drop import Failure
from shisaku.core.sample import Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.errors import ShisakuError
from shisaku.message import Message, say
from shisaku.registry.make import make_op
from shisaku.report.op_gallery.exhibit import Exhibit, Take
from shisaku.report.op_gallery.page import write_gallery

SEED = 1
PAGE = "gallery/index.html"
SENTENCE_END = re.compile(r"(?<!\bal)(?<!\be\.g)(?<!\bi\.e)\.\s")  # the end of a sentence, not of "et al."


def exhibits(held: Material, settings: Mapping[str, Setting] = SETTINGS) -> Iterator[Exhibit]:
    """Give an exhibit of every registered Transform, by name: what it made, or why it is not shown."""
    present = _present()
    for listed in list_ops():
        if listed["kind"] == "transform":
            name, what = listed["name"], _first_sentence(listed["doc"])
            setting = settings.get(name, PLAIN)
            yield _exhibit(name, what, setting, held, present)


def _exhibit(name: str, what: str, setting: Setting, held: Material, present: Mapping[str, bool]) -> Exhibit:
    if setting.why:
        return Exhibit(name, what, why=setting.why)
    try:
        op = make_op(name, setting.params)
    except ShisakuError as error:
        return Exhibit(name, what, why=error.what)
    if not isinstance(op, Transform):
        return Exhibit(name, what, why=say("It is no Transform"))
    absent = [model for model in op.models if not present.get(model, True)]
    if absent:
        return Exhibit(name, what, why=say("Its models are not here: {names}", names=", ".join(absent)))
    parts = {*op.reads, *op.writes, *op.follows}
    params = {key: value for key, value in op.params().items() if key not in parts and value != ""}
    touches = (*op.reads_parts(), *op.writes_parts())
    takes = [_take(op, sample, held.pools[setting.pool]) for sample in _usable(op, held)]
    takes.sort(key=lambda take: take.after is None)
    why = None if takes else say("No sample of the gallery has all parts that it reads: {parts}",
                                 parts=", ".join(op.reads_parts()))  # fmt: skip
    return Exhibit(name, what, params, touches, tuple(takes), _same_reason(takes) or why)


def _usable(op: Transform, held: Material) -> list[Sample]:
    samples = [*held.samples, *([held.japanese] if op.name.startswith("text.") else [])]
    reads = op.reads_parts().items()
    usable = [one for one in samples if all(n in one.parts and one.parts[n].kind == kind for n, kind in reads)]
    # What the op only writes must not be there before, or a page would show it as changed.
    new = {*op.writes_parts()} - {*op.reads_parts(), *op.follows_parts()}
    return [replace(one, parts={n: part for n, part in one.parts.items() if n not in new}) for one in usable]


def _take(op: Transform, sample: Sample, pool: object) -> Take:
    try:
        (outcome,) = op.apply([sample], [rng_for(SEED, "gallery", sample.id)], pool if op.pools else None)  # type: ignore[arg-type]
    except ShisakuError as error:
        return Take(sample, None, error.what)
    made = outcome if isinstance(outcome, Failure) else outcome[0]
    return Take(sample, None, made.reason) if isinstance(made, Failure) else Take(sample, made)


def _same_reason(takes: list[Take]) -> Message | None:
    """Return why nothing was made of any sample; None where something was."""
    return takes[0].why if takes and all(take.why for take in takes) else None


def _first_sentence(doc: str) -> str:
    text = " ".join(doc.split("\n\n")[0].split()).replace("`", "")
    return SENTENCE_END.split(text, maxsplit=1)[0].rstrip(".") + "."


def _present() -> dict[str, bool]:
    from shisaku.models.pull import status

    return {row["name"]: bool(row["present"]) for row in status()}


def main(page: Path) -> int:
    """Write the page; returns the exit code."""
    try:
        made = list(exhibits(material()))
        page.parent.mkdir(parents=True, exist_ok=True)
        write_gallery(page, made)
    except ShisakuError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{page}: {sum(one.why is None for one in made)} of {len(made)} ops shown")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else PAGE)))
