"""Strong faults planted into spoken prompts are found, and prompts without a fault pass."""

from __future__ import annotations

import functools

import pytest
from planted.fault import Fault
from planted.faults_audio import FAULTS as SOUND
from planted.faults_speech import FAULTS as SPEECH
from planted.measure import flagged

from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import encode_wave

pytestmark = pytest.mark.weights

PLACES = ("sales", "the workshop", "our accounts office", "the library", "customer service", "the front desk")
PROMPTS = (
    "please press the star key to reach {place}",
    "thank you for calling, you will now be connected to {place}",
    "nobody is available at {place}, please leave a message after the tone",
    "the number that you have dialled belongs to {place}",
)
FALSE_ALARMS = 0.05
WEAK = {"cut off": 0.6}  # what is cut to a second is found only if a second is odd


@functools.cache
def spoken() -> tuple[Sample, ...]:
    """Twenty-four prompts read aloud by flite in a woman's voice."""
    from shisaku.models.loading import load

    made = []
    for k, prompt in enumerate(one.format(place=place) for one in PROMPTS for place in PLACES):
        wave, rate = load("flite").speak(prompt, "slt")
        parts = {"audio": Part("audio", encode_wave(wave, rate)), "text": Part.from_text(prompt, "en")}
        made.append(Sample(f"prompt-{k:02}", parts, facts={"audio_rate": str(rate)}))
    return tuple(made)


def cases() -> list[object]:
    found = {fault.name: fault for fault in [*SOUND, *SPEECH] if fault.source == "asterisk-en"}
    heavy = ("naturalness", "transcript", "speech_share")
    return [
        pytest.param(fault, id=name, marks=[pytest.mark.slow] if fault.profile in heavy else [])
        for name, fault in found.items()
        if fault.profile != "naturalness" and name != "swapped text en"  # prompts of like length are for a listener
    ]


@pytest.mark.parametrize("fault", cases())
def test_the_strongest_is_found_and_nothing_else(fault: Fault) -> None:
    clean = list(spoken())
    alarms = flagged(fault, clean)
    assert len(alarms) <= FALSE_ALARMS * len(clean)
    planted = fault.plant(clean, fault.strengths[-1], 0)
    found = flagged(fault, planted.samples)
    least = next((share for name, share in WEAK.items() if fault.name.startswith(name)), 0.8)
    assert len(found & planted.faulty) >= least * len(planted.faulty)
    assert len(found - planted.faulty) <= FALSE_ALARMS * len(clean)
