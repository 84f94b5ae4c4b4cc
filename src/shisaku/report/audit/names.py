"""What detectors are called for people; one that is not named here goes by its own name."""

from __future__ import annotations

from collections.abc import Mapping

from shisaku.message import Message, say
from shisaku.report.words import Words, same, words

NAMES: dict[str, Message] = {
    "about_missing": say("Missing labels and facts"),
    "about_outlier": say("Outlying labels and facts"),
    "about_profile": say("Labels and facts, column by column"),
    "about_types": say("Mixed types in labels and facts"),
    "against_exact_audio": say("Recording also in the other dataset"),
    "against_exact_image": say("Image also in the other dataset"),
    "against_exact_video": say("Video also in the other dataset"),
    "against_near_audio": say("Recording nearly the same in the other dataset"),
    "against_near_image": say("Image nearly the same in the other dataset"),
    "against_near_text": say("Text nearly the same in the other dataset"),
    "agreement": say("Agreement of annotators"),
    "alignment": say("Caption does not fit the image"),
    "annotators": say("Quality of annotators"),
    "annotators_sound": say("Quality of annotators (sound)"),
    "annotators_text": say("Quality of annotators (text)"),
    "attribute_coverage": say("Coverage of the declared domain"),
    "audio_diversity": say("Diversity of recordings"),
    "audio_shortcut": say("Recordings: what gives the label away"),
    "audio_slices": say("Recordings: where errors gather"),
    "audio_source": say("Recordings: source bias"),
    "audio_video_offset": say("Sound and picture out of step"),
    "bandwidth": say("Bandwidth and sampling rate"),
    "black_frames": say("Black frames"),
    "blur": say("Blurred images"),
    "boilerplate": say("Boilerplate text"),
    "box_agreement": say("Boxes of annotators do not agree"),
    "box_bounds": say("Boxes outside the image or without area"),
    "box_conflict": say("One object under two classes"),
    "box_size": say("Boxes of unusual size"),
    "box_twice": say("Same object boxed twice"),
    "brisque": say("Image quality (BRISQUE)"),
    "camera_lidar": say("Camera and LiDAR do not fit"),
    "caption_pair": say("Texts of one sample do not fit"),
    "class_meaning": say("Classes that mean the same"),
    "classes": say("Classes: missing, rare, unbalanced"),
    "clipping": say("Clipped sound"),
    "compression": say("Compression damage"),
    "cuts": say("Cuts"),
    "dc_offset": say("Offset of the wave"),
    "declared_length": say("Length is not what was declared"),
    "durations": say("Parts of different length"),
    "encoding": say("Encoding damage"),
    "event_offset": say("Events and sound out of step"),
    "exact_audio": say("Same recording twice"),
    "exact_image": say("Same image twice"),
    "exact_points": say("Same point cloud twice"),
    "exact_video": say("Same video twice"),
    "exposure": say("Too dark or too light"),
    "faces": say("Faces"),
    "frame_times": say("Times of frames"),
    "frozen_frames": say("Frozen frames"),
    "giveaway": say("Metadata that give the label away"),
    "hum": say("Mains hum"),
    "image_diversity": say("Diversity of images"),
    "image_shortcut": say("Images: what gives the label away"),
    "image_slices": say("Images: where errors gather"),
    "image_source": say("Images: source bias"),
    "label_conflicts": say("Same thing, different labels"),
    "label_conflicts_sound": say("Same sound, different labels"),
    "label_conflicts_text": say("Same text, different labels"),
    "label_errors": say("Label errors"),
    "label_errors_sound": say("Label errors (seen by sound)"),
    "label_errors_text": say("Label errors (seen by text)"),
    "label_ties": say("Labels tied to attributes"),
    "language": say("Language"),
    "leak_exact_audio": say("Same recording in two splits"),
    "leak_exact_image": say("Same image in two splits"),
    "leak_exact_video": say("Same video in two splits"),
    "leak_group": say("Group in two splits"),
    "leak_near_audio": say("Nearly the same recording in two splits"),
    "leak_near_image": say("Nearly the same image in two splits"),
    "leak_near_text": say("Nearly the same text in two splits"),
    "low_information": say("Nearly nothing to see"),
    "naturalness": say("Sound quality (DNSMOS)"),
    "near_audio": say("Nearly the same recording"),
    "near_image": say("Nearly the same image"),
    "near_text": say("Nearly the same text"),
    "noise": say("Image noise"),
    "odd_image": say("Unusual images"),
    "odd_pair": say("Unusual pairs"),
    "odd_shape": say("Unusual shape"),
    "odd_size": say("Unusual size"),
    "odd_sound": say("Unusual recordings"),
    "odd_text": say("Unusual texts"),
    "other_caption": say("Same image, another caption"),
    "other_transcript": say("Same recording, another transcript"),
    "personal_cells": say("Personal data in tables"),
    "personal_labels": say("Personal data in labels and file names"),
    "personal_speech": say("Personal data in speech"),
    "personal_text": say("Personal data in text"),
    "personal_text_in_images": say("Personal data in pictures of text"),
    "picture_header": say("Personal data in image headers"),
    "placeholder": say("Placeholder text"),
    "repetition": say("Repeated text"),
    "rights": say("Licence and consent"),
    "same_image_meaning": say("Images of the same thing"),
    "same_sound": say("Recordings that sound the same"),
    "same_text_meaning": say("Texts that mean the same"),
    "silence": say("Silence"),
    "snr": say("Noisy sound"),
    "sound_length": say("Unusual length of sound"),
    "spans": say("Spans outside the recording"),
    "speaker_count": say("Speakers"),
    "speech_present": say("Speech (a voice is personal)"),
    "speech_rate": say("Transcript too long or short for the sound"),
    "speech_share": say("Share of speech"),
    "speed": say("Wrong speed"),
    "table_duplicate": say("Repeated rows"),
    "table_missing": say("Missing cells"),
    "table_outlier": say("Outlying cells"),
    "table_profile": say("Table, column by column"),
    "table_types": say("Mixed types in a column"),
    "taxonomy": say("Classes named twice"),
    "taxonomy_against": say("Classes named otherwise in the other dataset"),
    "text_diversity": say("Diversity of texts"),
    "text_in_images": say("Text in images"),
    "text_length": say("Unusual length of text"),
    "text_shortcut": say("Texts: what gives the label away"),
    "text_slices": say("Texts: where errors gather"),
    "text_source": say("Texts: source bias"),
    "time_skew": say("Sensors out of step"),
    "transcript": say("Transcript does not fit the speech"),
    "unreadable": say("Unreadable text"),
}


PARTS: Mapping[str, Message] = {
    "audio": say("sound"),
    "image": say("images"),
    "sound": say("sound"),
    "spelling": say("text, by its spelling"),
    "text": say("text"),
}


def detector_words(name: str) -> Words:
    """Return the name of a detector; of ``blur_front_camera`` that of ``blur`` with the part behind it."""
    return named(name, NAMES)


def named(name: str, names: Mapping[str, Message]) -> Words:
    """Return the words for the longest of `names` that `name` is or begins with, with the rest in brackets."""
    for known in sorted(names, key=len, reverse=True):
        if name == known:
            return words(names[known])
        if name.startswith(known + "_"):
            part = name[len(known) + 1 :]
            rest = words(PARTS[part]) if part in PARTS else same(part)
            title = words(names[known])
            return Words(f"{title.en} ({rest.en})", f"{title.ja}（{rest.ja}）")
    return same(name.replace("_", " "))
