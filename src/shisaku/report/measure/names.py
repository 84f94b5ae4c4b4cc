"""What judges, axes and meters are called for people, and which judge speaks to which axis."""

from __future__ import annotations

from collections.abc import Mapping

from shisaku.message import Message, say
from shisaku.report.audit.names import named
from shisaku.report.words import Words, same, words

NAMES: Mapping[str, Message] = {
    "agreement": say("Label that a model of the real data gives"),
    "artefacts": say("Artefacts (grid, blocks, ringing)"),
    "audio_gap": say("Plain attributes of sound beside the real data"),
    "authenticity": say("Nearer to a real item than real ones are"),
    "brisque": say("Image quality (BRISQUE)"),
    "caption_fits": say("Text fits the image"),
    "cer": say("Speech says its text (character error rate)"),
    "collapse": say("Collapse"),
    "copying": say("Copying of used items"),
    "distinct_n": say("Different words (distinct-n)"),
    "diversity": say("Diversity"),
    "duplicate_rate": say("Rate of copies within the batch"),
    "exact_copy": say("Exact copy of a real item"),
    "frechet": say("Fréchet distance"),
    "image_gap": say("Plain attributes of pictures beside the real data"),
    "imported_bias": say("Shares of labels and facts beside the real data"),
    "kid": say("Kernel distance (KID)"),
    "look_alike": say("Looks like a real item"),
    "meaning": say("Same meaning as its source"),
    "membership": say("Gives away which real items were used"),
    "mmd": say("Maximum mean discrepancy (MMD)"),
    "natural": say("Sound quality (DNSMOS)"),
    "near_copy": say("Near copy of a real item"),
    "pair_fits": say("Made image and made text fit"),
    "picture_fits": say("Image fits its text"),
    "plausible": say("Speaking rate and pitch"),
    "prdc": say("Precision, recall, density, coverage"),
    "quality": say("Image can be seen (sharpness, exposure)"),
    "repeated": say("Repeated within the batch"),
    "repeated_texture": say("Repeated texture"),
    "round_trip": say("Still nearest to what it was made from"),
    "self_bleu": say("Texts like one another (self-BLEU)"),
    "sound_alike": say("Sounds like a real item"),
    "speech_share": say("Share of speech"),
    "support": say("Label that the real data or its own batch supports"),
    "text_gap": say("Plain attributes of text beside the real data"),
    "two_sample": say("Classifier that tells made from real"),
    "unwanted_text": say("Unwanted lettering"),
    "value": say("Value (KNN-Shapley)"),
    "vendi": say("Variety (Vendi)"),
    "voice_copy": say("Copy of a real voice"),
    "wer": say("Speech says its text (word error rate)"),
    "word_alike": say("Words like a real item"),
}
VISUAL, SEMANTIC, SPEECH, COPIES, OTHERS = "visual", "semantic", "speech", "copies", "others"
AXES: Mapping[str, tuple[str, ...]] = {
    VISUAL: (
        "image.visual_quality", "image.brisque", "image.artefacts", "image.repeated_texture", "image.unwanted_text",
    ),
    SEMANTIC: (
        "dataset.label_agreement", "dataset.label_support", "pairs.alignment", "pairs.round_trip", "text.similarity",
        "audio.wer", "audio.cer",
    ),
    SPEECH: ("audio.naturalness", "audio.speech_plausible", "audio.speech_share"),
    COPIES: (
        "dataset.exact_leak", "image.near_leak", "text.near_leak", "audio.near_leak", "audio.voice_copy",
        "dataset.near_copy", "dataset.authenticity",
    ),
}  # fmt: skip
TITLES: Mapping[str, Message] = {
    VISUAL: say("Visual quality"),
    SEMANTIC: say("Semantic consistency"),
    SPEECH: say("Speech naturalness"),
    COPIES: say("Copies of real items"),
    OTHERS: say("Other judges"),
}
METERS: Mapping[str, Message] = {
    "meaning": say("meaning"),
    "label": say("label"),
    "image.visual_quality": say("visual quality"),
    "audio.naturalness": say("naturalness of speech"),
}


def judge_words(name: str) -> Words:
    """Return the name of a judge; of ``near_copy_image`` that of ``near_copy`` with what it looks at behind it."""
    return named(name, NAMES)


def meter_words(name: str) -> Words:
    """Return the name of a meter of the drift."""
    return words(METERS[name]) if name in METERS else same(name)


def axis_of(op: str) -> str:
    """Return the axis that an op speaks to."""
    return next((axis for axis, ops in AXES.items() if op in ops), OTHERS)
