"""Chains whose steps make new samples: one chain, what each hop lost, how good it still is, in whose voice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from chain_material import BELOW, make_chain_run

from shisaku.report.chains import Chain, chains
from shisaku.report.descent import Descent
from shisaku.report.measures import Measures
from shisaku.report.paths import open_streams
from shisaku.report.record import Record, read_record
from shisaku.report.render import write_report
from shisaku.report.speech import casts
from shisaku.report.speed import timings
from shisaku.store.run import Run

STREAMS = ("task", "captioned", "reworded", "spoken", "heard", "heard_kept")


@dataclass(frozen=True)
class Read:
    """A run as the page reads it."""

    record: Record
    descent: Descent
    chains: list[Chain]

    @classmethod
    def of(cls, run: Run) -> Read:
        record = read_record(run)
        descent = Descent.of(record)
        return cls(record, descent, chains(record, descent, Measures.of(record, descent), open_streams(record)))


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a finished run with a chain of views, children and a keep-rule."""
    return make_chain_run(tmp_path_factory.mktemp("spoken") / "run")


@pytest.fixture(scope="module")
def read(spoken: Run) -> Read:
    """Return it as the page reads it."""
    return Read.of(spoken)


def test_views_children_and_gates_are_one_chain(read: Read) -> None:
    (chain,) = read.chains
    assert chain.streams == STREAMS
    assert [leg.gate for leg in chain.legs] == [False] * 5 + [True]


def test_every_link_shows_what_it_added_to_the_same_sample(read: Read) -> None:
    for row in read.chains[0].rows:
        root = row[0].added.id
        assert [link.stream for link in row] == list(STREAMS[:-1])
        assert [link.added.id.split("/")[0] for link in row] == [root] * 5
        assert row[0].added.images
        assert row[1].added.texts == [f"the thing {root}"]
        assert row[2].added.texts == [f"Here is {root}."]
        assert len(row[3].added.sounds) == 1
        assert row[3].added.sounds[0].axes == "0–0.5 s, 0–8 kHz"
        assert row[4].added.texts == [f"hear {root}"]


def test_of_several_children_one_is_shown_in_another_voice_each_time(read: Read) -> None:
    rows = read.chains[0].rows
    assert len({row[0].added.id for row in rows}) == len(rows) == 4
    assert [link.siblings for link in rows[0]] == [1, 1, 1, 3, 1]
    voices = {str(row[3].added.voice) for row in rows}
    assert voices == {"Voice kal, person kal", "Voice kal16, person kal", "Voice jf_alpha, person alpha"}


def test_each_hop_says_how_many_went_in_and_on_and_why_others_did_not(read: Read) -> None:
    legs = {leg.stream: leg for leg in read.chains[0].legs}
    assert [(leg.entered, leg.through, leg.n, leg.lost) for leg in legs.values()] == [
        (8, 8, 8, 0),
        (8, 7, 7, 1),
        (7, 7, 7, 0),
        (7, 7, 21, 0),
        (21, 21, 21, 0),
        (21, 16, 16, 5),
    ]
    assert legs["spoken"].each == 3
    assert legs["heard_kept"].reason is not None
    assert (legs["heard_kept"].reason.n, str(legs["heard_kept"].reason.example)) == (5, str(BELOW))
    assert [leg.origins for leg in legs.values()] == [8, 7, 7, 7, 7, 7]


def test_each_hop_has_its_scores_or_says_that_there_are_none(read: Read) -> None:
    legs = {leg.stream: leg for leg in read.chains[0].legs}
    assert [(h.step, h.n) for h in legs["captioned"].measures] == [("fit", 7)]
    assert legs["reworded"].measures == []
    assert [(h.step, h.n, h.middle) for h in legs["heard"].measures] == [("wer", 21, 0.9)]
    # what a keep-rule went by, over those it kept
    assert [(h.step, h.n, h.low) for h in legs["heard_kept"].measures] == [("wer", 16, 0.9)]
    assert str(legs["spoken"].measures[0].part) == "measured on 9 of 21 (sample stratified by voice)"
    told = [str(said) for said in read.chains[0].told]
    assert told[0] == "7 of 8 samples that came in are still represented at the end (87.5\u00a0%)."
    assert told[1].startswith("Most were lost at “heard_kept”: 5 of 21.")
    assert told[2] == "Not measured: reworded."


def test_both_pictures_of_a_chain_hold_every_hop_in_both_languages(read: Read) -> None:
    losses, scores = read.chains[0].charts
    for lang, gap in (("en", "not measured"), ("ja", "")):
        assert str(losses.specs[lang]).count("'text': '21 / 21'") == 1
        assert "16 / 21" in str(losses.specs[lang])
        assert "7 / 7 → 21" in str(losses.specs[lang])
        assert gap in str(scores.specs[lang])
        assert "2. reworded" in str(scores.specs[lang])


def test_losses_are_told_from_tables_alone_when_the_streams_are_gone(tmp_path: Path, read: Read) -> None:
    run = make_chain_run(tmp_path / "run")
    (tmp_path / "run" / "streams").rename(tmp_path / "elsewhere")
    moved = Read.of(run)
    assert [chain.rows for chain in moved.chains] == [[]]
    assert moved.chains[0].legs == read.chains[0].legs
    (cast,) = casts(moved.record, moved.descent, {})
    assert (cast.stream, len(cast.voices), cast.persons, cast.whole) == ("spoken", 3, 2, False)
    text = write_report(run).read_text(encoding="utf-8")
    assert "counted among the samples shown only" in text


def test_voices_and_persons_are_counted_where_speech_was_made_and_where_a_gate_left_some(read: Read) -> None:
    found = casts(read.record, read.descent, open_streams(read.record))
    assert [(c.stream, c.n, len(c.voices), c.persons, c.synthesisers) for c in found] == [
        ("spoken", 21, 3, 2, "Kokoro, flite"),
        ("heard_kept", 16, 3, 2, "Kokoro, flite"),
    ]
    assert [v.n for v in found[0].voices] == [7, 7, 7]


def test_sound_per_second_of_computing_is_told_where_the_run_knows_it(read: Read) -> None:
    told = {str(t.row["step"]): (str(t.speed or ""), t.factor) for t in timings(read.record)}
    assert told["spoken"] == ("2.5 s of sound per s of computing", "0.4")
    assert told["heard"] == ("0.5 s of sound per s of computing", "2")
    assert told["captioned"] == told["wer"] == ("", "")


def test_the_page_says_on_how_many_samples_a_score_stands_wherever_it_is_shown(spoken: Run) -> None:
    page = write_report(spoken).read_text(encoding="utf-8")
    assert page.count("measured on 9 of 21") >= 2  # hop table, table of all scores
    assert "natural: measured on 9 of 21" in page  # below the chart
    assert "asked of 9 of 21" in page  # table of steps
    assert "Real-time factor" in page
    assert page.count('class="spectrogram"') >= 4 + 4
    assert "Persons" in page


def test_a_run_of_an_older_version_has_the_same_page_without_what_it_does_not_say(tmp_path: Path) -> None:
    run = make_chain_run(tmp_path / "run", modern=False)
    page = write_report(run).read_text(encoding="utf-8")
    assert "of 9 of 21" not in page
    assert "Real-time factor" not in page
    assert "What each hop loses" in page
    assert [leg.entered for leg in Read.of(run).chains[0].legs] == [8, 8, 7, 7, 21, 21]


def test_two_sources_are_two_chains_that_say_so(tmp_path: Path) -> None:
    run = make_chain_run(tmp_path / "run")
    recipe = (run.path / "recipe.yaml").read_text(encoding="utf-8")
    both = recipe.replace("op: audio.speak, from: reworded", "op: audio.speak, from: [task, reworded]")
    (run.path / "recipe.yaml").write_text(both, encoding="utf-8")
    found = Read.of(run)
    assert [chain.streams[0] for chain in found.chains] == ["task", "task"]
    assert [len(chain.streams) for chain in found.chains] == [4, 6]
    assert all(leg.shared == (leg.stream == "spoken") for chain in found.chains for leg in chain.legs)
    short, long = found.chains
    assert short.rows == []  # nothing was spoken from the task itself
    assert [leg.origins for leg in short.legs] == [8, None, None, None]
    assert [leg.origins for leg in long.legs] == [8, 7, 7, 7, 7, 7]
