"""Sources for faults of time: clips whose sound moves the picture, logs beside recordings, and a simulated drive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from planted.driven_scenes import driven_scenes
from planted.linked_clips import Plan, linked_clips
from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import decode_table, decode_wave

Find = Callable[[str, int], list[Sample]]
LOGS = 100
N, SECONDS = 60, 12.0


def synced(find: Find) -> dict[str, Callable[[], list[Sample]]]:
    """Return name -> samples; `find` gives the real recordings and pictures that they are made of.

    "clips 25" and "clips 10" hold 25 and 10 frames a second and 12 s each, "long clips" 40 s; "logged prompts" are
    prompts one after another with their onsets as a table; "simulated drive" is camera, LiDAR and calibration.
    """

    def clips(fps: float, seconds: float, n: int) -> Callable[[], list[Sample]]:
        return lambda: linked_clips(_sounds(find), _pictures(find), n, Plan(seconds, fps))

    def logs() -> list[Sample]:
        made = linked_clips(_sounds(find), _pictures(find), LOGS, Plan(20.0, 1.0))
        return [replace(one, parts={"audio": one.parts["video_audio"], "events": one.parts["events"]}) for one in made]

    return {
        "clips 25": clips(25.0, SECONDS, N),
        "clips 10": clips(10.0, SECONDS, N),
        "long clips": clips(25.0, 40.0, N // 3),
        "logged prompts": logs,
        "transcribed prompts": lambda: [_transcribed(one) for one in logs()],
        "simulated drive": lambda: driven_scenes(_pictures(find), 80),
    }


def _sounds(find: Find) -> list[Sample]:
    return [*find("asterisk-en", 80), *find("asterisk-fr", 80), *find("farm animals", 0)]


def _pictures(find: Find) -> list[Sample]:
    return [one for one in find("scikit-image", 0) if "image" in one.parts]


def _transcribed(sample: Sample) -> Sample:
    """Return the recording with a text whose span is the whole of it, from the first onset to the end."""
    wave, rate = decode_wave(sample.parts["audio"])
    first = decode_table(sample.parts["events"])["events"][0]["t"]
    text = Part("text", b"prompts", span=(float(first), len(wave) / rate), clock="audio")
    return sample.with_part("text", text)
