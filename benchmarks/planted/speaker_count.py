"""How many speakers are counted where it is known how many there are: run ``python -m planted.speaker_count``.

Asterisk's prompts in five languages are five voices; a set holds `speakers` of them with `each` prompts, drawn by seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from planted.fault import Samples
from planted.sources import source
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.ops.privacy.speakers import Speakers
from shisaku.registry.make import make_op

LANGUAGES = ("en", "es", "fr", "it", "ru")
LEAST_SECONDS = 1.5
POOL = 24


@dataclass(frozen=True)
class Counted:
    """What was found in sets of `speakers` voices: the counts, and how often the range held the truth."""

    speakers: int
    each: int
    counts: tuple[int, ...]
    held: float


@cache
def _voices(language: str) -> tuple[object, ...]:
    """Return embedded prompts of one speaker, none shorter than 1.5 s."""
    name = f"asterisk-{language}"
    long = [one for one in source(name) if float(one.facts["audio_seconds"]) >= LEAST_SECONDS]
    some = sorted(long, key=lambda one: rng_for(0, "voice", one.id).random())[:POOL]
    op = make_op("audio.voice_embed", {"audio": "audio"})
    assert isinstance(op, Transform)
    outcomes = op.apply(some, [rng_for(0, "voice", one.id) for one in some])
    return tuple(outcome[0] for outcome in outcomes if isinstance(outcome, tuple))


def counted(speakers: int, each: int, seeds: int = 20) -> Counted:
    """Count the speakers of `seeds` sets."""
    op, counts, held = Speakers(), [], 0
    for seed in range(seeds):
        rng = rng_for(seed, f"set of {speakers}", str(each))
        samples: Samples = []
        for language in rng.permutation(LANGUAGES)[:speakers]:
            pool = _voices(str(language))
            samples += [pool[i] for i in rng.permutation(len(pool))[:each]]  # type: ignore[misc]
        (finding,) = op.findings(op.measure(samples))
        counts.append(int(finding.value or 0))
        held += (finding.low or 0) <= speakers <= (finding.high or 0)
    return Counted(speakers, each, tuple(counts), held / seeds)


def main() -> None:
    """Print a line per number of speakers and of prompts each."""
    for each in (3, 8, 20):
        for speakers in (1, 2, 3, 5):
            found = counted(speakers, each)
            mean = sum(found.counts) / len(found.counts)
            spread = f"{min(found.counts)} to {max(found.counts)}"
            print(f"{speakers} speakers, {each:2} prompts each: {mean:.1f} ({spread}), range holds {found.held:.2f}")


if __name__ == "__main__":
    main()
