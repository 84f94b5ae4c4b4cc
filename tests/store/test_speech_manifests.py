from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from store_material import RATE, save_sound, tone

from shisaku.core.sample import Part, Sample
from shisaku.errors import DataError
from shisaku.store.codecs import decode_wave, encode_wave
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.layout import layout_of
from shisaku.store.limits import Limits
from shisaku.store.readers.asterisk import AsteriskReader
from shisaku.store.readers.kaldi import KaldiReader
from shisaku.store.readers.librispeech import LibriSpeechReader
from shisaku.store.readers.nemo import NemoReader
from shisaku.store.readers.reader import Reader, Record
from shisaku.store.writers.kaldi import KaldiWriter
from shisaku.store.writers.kaldi_names import names


def read(reader: Reader, tmp_path: Path) -> Ingested:
    return ingest(reader, tmp_path / "cache", workers=1)


def problems(reader: Reader) -> dict[str, str]:
    return {record.id: str(record.problem) for record in reader.records() if record.problem}


def lines(path: Path, *given: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in given), "utf-8")
    return path


def kaldi(home: Path) -> Path:
    """A recording of three notes of half a second, cut into three utterances."""
    notes = np.concatenate([tone(hertz, 0.5) for hertz in (300, 600, 1200)])
    (home / "wav").mkdir(parents=True)
    (home / "wav/rec1.wav").write_bytes(encode_wave(notes, RATE))
    lines(home / "wav.scp", "rec1 wav/rec1.wav")
    lines(home / "segments", "ann-1 rec1 0.0 0.5", "bob-2 rec1 0.5 1.0", "bob-3 rec1 1.00 1.50")
    lines(home / "text", "ann-1 eins", "bob-2 zwei  drei", "bob-3 vier")
    lines(home / "utt2spk", "ann-1 ann", "bob-2 bob", "bob-3 bob")
    lines(home / "spk2gender", "ann f", "bob m")
    return home


def loudest(part: Part) -> float:
    wave, rate = decode_wave(part)
    return float(np.abs(np.fft.rfft(wave)).argmax() * rate / len(wave))


def test_segments_are_cut_out_of_their_recording(tmp_path: Path) -> None:
    layout = layout_of(kaldi(tmp_path / "data"))
    assert (layout.name, layout.door) == ("Kaldi", "kaldi")
    got = read(layout.reader, tmp_path)
    one, two, three = got.dataset
    assert not got.drops
    assert [round(loudest(s.parts["audio"])) for s in (one, two, three)] == [300, 600, 1200]
    assert [len(decode_wave(s.parts["audio"])[0]) for s in (one, two, three)] == [RATE // 2] * 3
    assert (two.parts["audio"].span, two.parts["audio"].clock) == ((0.5, 1.0), "rec1")
    assert two.parts["text"].text == "zwei  drei"
    assert [s.group for s in (one, two, three)] == ["ann", "bob", "bob"]
    assert one.facts["gender"] == "f"


def test_a_long_recording_is_cut_though_it_could_not_be_read_whole(tmp_path: Path) -> None:
    home = kaldi(tmp_path / "data")
    got = ingest(KaldiReader(str(home)), tmp_path / "cache", limits=Limits(audio_seconds=1.0), workers=1)
    assert len(got.dataset) == 3
    lines(home / "segments", "ann-1 rec1 0.0 1.4", "bob-2 rec1 0.5 1.0")
    got = ingest(KaldiReader(str(home)), tmp_path / "cache", limits=Limits(audio_seconds=1.0), workers=1)
    assert "limit is 1 s" in str(got.drops[0].reason)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ann-1 rec1 1.0 1.0", "is no segment"),
        ("ann-1 rec1 0.0 nan", "is no segment"),
        ("ann-1 rec1 1.0 -1", "is no segment"),
        ("ann-1 rec1 0.5", "is no segment"),
        ("ann-1 rec1 0.0 0.5 1", "one channel"),
        ("ann-1 rec9 0.0 0.5", "no recording rec9"),
    ],
)
def test_segments_that_cannot_be(line: str, reason: str, tmp_path: Path) -> None:
    home = kaldi(tmp_path / "data")
    lines(home / "segments", line, "bob-2 rec1 0.5 1.0", "bob-3 rec1 1.0 1.5")
    assert reason in problems(KaldiReader(str(home)))["ann-1"]


def test_a_span_behind_the_end_is_a_drop_and_a_little_overshoot_is_not(tmp_path: Path) -> None:
    home = kaldi(tmp_path / "data")
    lines(home / "segments", "ann-1 rec1 1.4 1.8", "bob-2 rec1 1.4 2.4", "bob-3 rec1 7 8")
    got = read(KaldiReader(str(home)), tmp_path)
    assert got.dataset.ids() == ["ann-1"]
    assert len(decode_wave(got.dataset.take(["ann-1"])[0].parts["audio"])[0]) == round(0.1 * RATE)
    assert all("does not lie in the recording" in str(drop.reason) for drop in got.drops)


def test_commands_and_paths_that_lead_out_are_refused(tmp_path: Path) -> None:
    home = tmp_path / "data"
    save_sound(home / "a.wav")
    save_sound(tmp_path / "b.wav")
    witness = tmp_path / "ran"
    lines(
        home / "wav.scp",
        "u1 a.wav",
        f"u2 touch {witness}; cat a.wav |",
        "u3 ../b.wav",
        f"u4 {tmp_path}/b.wav",
        "u5 c.wav",
        "u6",
    )
    lines(home / "text", "u1 eins", "u2 zwei", "u7 sieben")
    found = problems(KaldiReader(str(home)))
    assert list(found) == ["u2", "u3", "u4", "u5", "u6", "u7"]
    assert "no command is run" in found["u2"]
    assert "outside" in found["u3"]
    assert "outside" in found["u4"]
    assert "no recording" in found["u7"]
    got = read(KaldiReader(str(home)), tmp_path)
    assert len(got.dataset) + len(got.drops) == 7
    assert not witness.exists()
    assert [str(note) for note in got.notes] == ["4 utterances have no transcript"]
    assert "u4" not in problems(KaldiReader(str(home), root=str(tmp_path)))


def speech(n: int, **changes: object) -> Sample:
    parts = {
        "audio": Part("audio", encode_wave(tone(200 + 10 * n), RATE), lang="de", span=(n, n + 0.25), clock="rec"),
        "text": Part.from_text(f"wort {n}", "de"),
    }
    values: dict[str, object] = {"id": f"s{n}", "parts": parts, "group": f"spk{n % 2}", "facts": {"gender": "male"}}
    return Sample(**{**values, **changes})  # type: ignore[arg-type]


def written(samples: list[Sample], out: Path, writer: KaldiWriter | None = None) -> tuple[str, ...]:
    out.mkdir()
    return tuple(str(loss) for loss in (writer or KaldiWriter()).write(samples, out).losses)


def test_what_kaldi_carries_comes_back_the_same(tmp_path: Path) -> None:
    samples = [
        speech(1, labels={"topic": "wetter"}, licence="CC0-1.0", consent="given", facts={"gender": "f", "x": "y"}),
        speech(2, id="a b/ü", group=""),
        speech(3, id="spk-7-3", group="spk-7", depth=1, parents=("s1",)),
    ]
    assert written(samples, tmp_path / "out") == ()
    got = read(layout_of(tmp_path / "out").reader, tmp_path)
    kept = {s.id: s for s in got.dataset}
    assert kept.keys() == {s.id for s in samples}
    for one in samples:
        found = {key: value for key, value in kept[one.id].facts.items() if key in one.facts}
        assert found == one.facts
        for name in ("labels", "group", "licence", "consent", "parents", "depth"):
            assert getattr(kept[one.id], name) == getattr(one, name)
        assert {n: p.identity for n, p in kept[one.id].parts.items()} == {n: p.identity for n, p in one.parts.items()}


def test_a_written_folder_is_what_kaldi_checks(tmp_path: Path) -> None:
    samples = [speech(n, id=f"u{n:02d}") for n in (11, 3, 7, 2)] + [speech(5, id="x", group="spk")]
    written(samples, tmp_path / "out")
    out = tmp_path / "out"
    for name in ("wav.scp", "text", "utt2spk", "spk2utt", "utt2lang", "spk2gender"):
        # The checks of utils/validate_data_dir.sh
        subprocess.run(["sort", "-c", "-u", "-k1,1", out / name], check=True, env={"LC_ALL": "C"})
    speakers = [line.split(" ") for line in (out / "utt2spk").read_text().splitlines()]
    assert speakers == sorted(speakers, key=lambda pair: pair[::-1])
    assert [pair for line in (out / "spk2utt").read_text().splitlines() for pair in line.split()[1:]] == [
        utterance for utterance, _ in speakers
    ]
    assert all(utterance.startswith(speaker) for utterance, speaker in speakers)
    paths = [line.split(" ")[1] for line in (out / "wav.scp").read_text().splitlines()]
    assert all(soundfile.info(out / path).samplerate == RATE for path in paths)
    assert not (out / "segments").exists()


@settings(deadline=None)
@given(st.lists(st.tuples(st.text("ab-_= 1!ä", min_size=1, max_size=5), st.text("ab-_= 1!ä", max_size=3)), max_size=12))
def test_names_are_in_order_for_both_keys(known: list[tuple[str, str]]) -> None:
    found = names(known)
    utterances = [utterance.encode() for _, utterance in found]
    assert len(set(utterances)) == len(known)
    assert [u for _, u in sorted((s.encode(), u.encode()) for s, u in found)] == sorted(utterances)
    assert all(u.startswith(s) and not set(u) & set(" \t\n") for s, u in found)


def test_losses_and_left_out_samples_are_said(tmp_path: Path) -> None:
    silent = Sample("t", {"text": Part.from_text("nur text")})
    wordless = Sample("w", {"audio": speech(1).parts["audio"]})
    extra = speech(4).with_part("gloss", Part.from_text("word")).with_part("text", Part.from_text("zwei\nzeilen"))
    said = written([silent, wordless, extra], tmp_path / "out")
    assert said == (
        "1 parts gloss (text) are not carried by this format",
        "white space of the text of 1 samples is not carried by this format",
        "1 samples were left out: There is no recording audio",
        "1 samples were left out: There is no transcript text",
    )
    written([wordless], tmp_path / "no_text", KaldiWriter(no_text=True))
    assert not (tmp_path / "no_text/text").exists()
    assert (tmp_path / "no_text/wav.scp").read_text().startswith("w wav/")


def test_a_damaged_record_of_ours_is_a_drop(tmp_path: Path) -> None:
    written([speech(1), speech(2)], tmp_path / "out")
    path = tmp_path / "out/utt2shisaku"
    first, second = path.read_text().splitlines()
    lines(path, first, second[: len(second) // 2])
    got = read(KaldiReader(str(tmp_path / "out")), tmp_path)
    assert (len(got.dataset), [str(drop.reason) for drop in got.drops]) == (1, ["Its line in utt2shisaku is damaged"])


def test_nemo_manifests(tmp_path: Path) -> None:
    save_sound(tmp_path / "m/a.wav", seconds=1.0)
    rows: list[object] = [
        {"audio_filepath": "a.wav", "duration": 1.0, "text": "hello", "speaker": 17, "lang": "en", "snr": 3.5},
        {"audio_filepath": "a.wav", "duration": 0.25, "offset": 0.5, "text": "lo"},
        {"audio_filepath": "a.wav", "duration": "x", "offset": 0.5},
        {"audio_filepath": "../m2.wav", "text": "out"},
        {"text": "no file"},
    ]
    manifest = lines(tmp_path / "m/train_manifest.json", *map(json.dumps, rows), '{"audio_filepath": "a.w')
    layout = layout_of(tmp_path / "m")
    assert (layout.door, layout_of(manifest).door) == ("nemo", "nemo")
    got = read(layout.reader, tmp_path)
    first, piece = got.dataset
    assert (first.id, first.group, first.facts["snr"], first.parts["text"].lang) == ("a.wav", "17", "3.5", "en")
    assert (piece.id, piece.parts["audio"].span) == ("a.wav@0.5", (0.5, 0.75))
    assert len(decode_wave(piece.parts["audio"])[0]) == RATE // 4
    assert len(got.drops) == 4


def librispeech(root: Path) -> Path:
    chapter = root / "dev-clean/84/121123"
    chapter.mkdir(parents=True)
    for n in range(3):
        soundfile.write(chapter / f"84-121123-{n:04d}.flac", tone(300 + n), RATE)
    lines(chapter / "84-121123.trans.txt", *(f"84-121123-{n:04d} WORD NUMBER {n}" for n in (0, 1, 5)))
    lines(
        root / "SPEAKERS.TXT",
        "; comment",
        ";ID  |SEX| SUBSET           |MINUTES| NAME",
        "84   | F | dev-clean        | 8.02  | Christie Nowak",
    )
    return root


@pytest.mark.parametrize("below", ["", "dev-clean"])
def test_librispeech_trees(below: str, tmp_path: Path) -> None:
    layout = layout_of(librispeech(tmp_path / "LibriSpeech") / below)
    assert layout.door == "librispeech"
    got = read(layout.reader, tmp_path)
    assert got.dataset.ids() == ["84-121123-0000", "84-121123-0001"]
    one = got.dataset.take(["84-121123-0001"])[0]
    assert (one.group, one.parts["text"].text, one.parts["text"].lang) == ("84", "WORD NUMBER 1", "en")
    expected = {"chapter": "121123", "subset": "dev-clean", "gender": "f", "reader": "Christie Nowak"}
    assert expected.items() <= one.facts.items()
    assert {drop.sample: str(drop.reason) for drop in got.drops} == {
        "84-121123-0005": "There is no file dev-clean/84/121123/84-121123-0005.flac"
        if not below
        else "There is no file 84/121123/84-121123-0005.flac",
        "84-121123-0002": "The recording has no transcript",
    }


def prompts(root: Path, packed: bool) -> Path:
    for voice, texts in (("en_US_f_Allison", ("One.", "[beep]")), ("fr", ("Un.", ""))):
        for name in ("digits/1", "beep", "lonely"):
            save_sound(root / f"sounds/{voice}/{name}.wav", rate=8000)
        text = f"; Core Sounds\n\ndigits/1: {texts[0]}\nbeep: {texts[1]}\nmissing: Gone\ndigits/1: again\n"
        name = root / f"doc/core-sounds-{voice[:2]}.txt"
        name.parent.mkdir(exist_ok=True)
        if packed:
            name.with_suffix(".txt.gz").write_bytes(gzip.compress(text.encode("utf-8-sig")))
        else:
            name.write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("packed", [True, False])
def test_asterisk_prompts(packed: bool, tmp_path: Path) -> None:
    layout = layout_of(prompts(tmp_path / "usr", packed))
    assert layout.door == "asterisk"
    got = read(layout.reader, tmp_path)
    assert {s.id: (s.parts["text"].text, s.parts["text"].lang, s.group) for s in got.dataset} == {
        "en_US_f_Allison/digits/1": ("One.", "en-US", "en_US_f_Allison"),
        "fr/digits/1": ("Un.", "fr", "fr"),
    }
    reasons = {drop.sample: str(drop.reason) for drop in got.drops}
    assert len(reasons) == 8
    assert reasons["en_US_f_Allison/beep"] == "The text describes a sound: [beep]"
    assert reasons["fr/beep"] == "The text is empty"
    assert reasons["fr/lonely"] == "The recording has no transcript"
    assert "a second time" in reasons["fr/digits/1#2"]


def test_asterisk_transcript_that_lies_elsewhere(tmp_path: Path) -> None:
    root = prompts(tmp_path / "usr", packed=True)
    reader = AsteriskReader(str(root / "sounds/fr"), transcript=str(root / "doc/core-sounds-fr.txt.gz"))
    assert [record.id for record in reader.records() if not record.problem] == ["fr/digits/1"]
    (root / "doc/core-sounds-fr.txt.gz").write_bytes(b"\x1f\x8b\x08\x00broken")
    with pytest.raises(DataError, match="cannot be read"):
        list(reader.records())


@pytest.mark.parametrize("reader", [KaldiReader, NemoReader, LibriSpeechReader, AsteriskReader])
def test_an_empty_folder_is_an_error_and_not_recognised(reader: type, tmp_path: Path) -> None:
    assert reader.recognise(tmp_path) is None
    with pytest.raises(DataError):
        list(reader(str(tmp_path)).records())


def test_records_are_the_same_twice(tmp_path: Path) -> None:
    librispeech(tmp_path / "l")
    kaldi(tmp_path / "k")
    for reader in (LibriSpeechReader(str(tmp_path / "l")), KaldiReader(str(tmp_path / "k"))):
        first: list[Record] = list(reader.records())
        assert first == list(reader.records())
