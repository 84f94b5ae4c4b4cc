"""The gallery shows every op, and nothing that a sample holds runs on its page."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from html_parts import Parts
from test_browser import CHROMIUM, opened

from shisaku.core.sample import Part, Sample
from shisaku.core.transform import Transform
from shisaku.message import say
from shisaku.registry.doors import OPS, names, op_class
from shisaku.report.op_gallery.differing import pieces
from shisaku.report.op_gallery.exhibit import Exhibit, Take
from shisaku.report.op_gallery.faces import pairs_of
from shisaku.report.op_gallery.page import gallery_html
from shisaku.store.codecs import FrameWriter, encode_image, encode_table, encode_vector, encode_wave

sys.path.append(str(Path(__file__).parents[2] / "examples/gallery"))
import build_gallery as build
import gallery_material as material
import gallery_settings as settings

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'


def sample(name: str, seed: int, label: str = "a") -> Sample:
    """A sample of drawn parts under the names that ops have by default."""
    rng = np.random.default_rng(seed)
    wave = (0.3 * np.sin(np.arange(8000) * 0.05 * (1 + seed)) * rng.uniform(0.5, 1, 8000)).astype(np.float32)
    frames = FrameWriter()
    for place in range(4):
        frames.add(place / 5, rng.integers(0, 255, (24, 32, 3)).astype(np.uint8))
    row = {"x": float(rng.normal()), "n": int(rng.integers(9)), "kind": "k", "gone": None}
    parts = {
        "image": Part("image", encode_image(rng.integers(0, 255, (64, 64, 3)).astype(np.uint8))),
        "objects": Part("table", encode_table({"frame": [64, 64], "objects": [{"label": "a", "box": [8, 8, 40, 40]}]})),
        "caption": Part.from_text("A frog sits on a green leaf.", "en"),
        "audio": Part("audio", encode_wave(wave, 16_000)),
        "video": Part("video", frames.to_bytes(), clock="video"),
        "table": Part("table", encode_table(row)),
        "features": Part("embedding", encode_vector(rng.normal(size=80))),
    }
    return Sample(name, parts, {"class": label})


@pytest.fixture
def drawn() -> material.Material:
    pool = [sample(f"p{i}", 10 + i, "ab"[i % 2]) for i in range(8)]
    text = Sample("ja", {"caption": Part.from_text("カエル。", "ja")}, {"class": "a"})
    return material.Material((sample("one", 1),), text, {"": pool, "stamps": pool, "spoiled": pool})


def transforms() -> list[str]:
    return [name for name in names(OPS) if issubclass(op_class(name), Transform)]


def test_every_transform_is_shown_or_says_why(drawn: material.Material, monkeypatch: pytest.MonkeyPatch) -> None:
    weighty = {model: False for name in transforms() for model in op_class(name).models}
    monkeypatch.setattr(build, "_present", lambda: weighty)
    light = [name for name in transforms() if not op_class(name).roles]
    monkeypatch.setattr(build, "list_ops", lambda: [one for one in LISTED if one["name"] in light])
    made = list(build.exhibits(drawn))
    assert [one.op for one in made] == light
    assert all(one.what.endswith(".") and (one.why or one.takes) for one in made)
    page = gallery_html(made)
    assert all(f'id="op-{one.op}"' in page for one in made if not one.why)
    assert all(f"<strong>{one.op}</strong>" in page for one in made if one.why)


LISTED = build.list_ops()


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.stamps
@pytest.mark.packages
def test_on_real_samples_only_what_says_so_is_not_shown(tmp_path: Path) -> None:
    made = list(build.exhibits(material.material()))
    assert {one.op for one in made} == set(transforms())
    unstated = {
        one.op: str(one.why) for one in made if one.why and not settings.SETTINGS.get(one.op, settings.PLAIN).why
    }
    assert not unstated
    assert not set(settings.SETTINGS) - set(transforms())
    assert gallery_html(made).count('class="op"') == sum(not one.why for one in made)


def test_each_kind_of_part_is_shown_before_and_after(drawn: material.Material) -> None:
    before, after = sample("one", 1), sample("one", 2)
    found = {pair.name: pair for pair in pairs_of(before, after, ("image", "audio", "video", "table", "features"))}
    assert set(found) == {"image", "audio", "video", "table", "features"}
    assert len(found["video"].before.pictures) == 2  # type: ignore[union-attr]
    assert found["audio"].after.sound.picture.startswith("data:image/png")  # type: ignore[union-attr]
    assert len(found["features"].after.bars) == 64  # type: ignore[union-attr]
    assert [cell.column for cell in found["table"].cells] == ["x", "n", "kind", "gone"]
    assert found["table"].cells[2].before == found["table"].cells[2].after == "k"


def test_a_new_text_is_shown_beside_the_one_it_was_made_of() -> None:
    before = Sample("s", {"caption": Part.from_text("A frog.")})
    after = before.with_part("reworded", Part.from_text("This is a frog."))
    (pair,) = pairs_of(before, after, ("caption", "reworded"))
    assert pair.name == "caption → reworded"
    assert [piece.text for piece in pair.after.words if piece.mark == "new"]  # type: ignore[union-attr]


def test_words_that_went_and_came() -> None:
    mine, theirs = pieces("the red frog", "the green frog")
    assert [(one.mark, one.text) for one in mine] == [("same", "the "), ("gone", "red"), ("same", " frog")]
    assert [(one.mark, one.text) for one in theirs] == [("same", "the "), ("new", "green"), ("same", " frog")]
    assert [one.text for one in pieces("赤いカエル", "青いカエル")[1] if one.mark == "new"] == ["青"]


def hostile_page() -> str:
    cells = Part("table", encode_table({EVIL: EVIL}))
    before = Sample(EVIL, {"caption": Part.from_text(EVIL), "table": cells, EVIL: Part.from_text("x")})
    after = before.child("op", parts={"caption": Part.from_text(EVIL + "!")}, facts={EVIL: EVIL})
    takes = (Take(before, after), Take(before, None, say("{cause}", cause=EVIL)))
    made = [
        Exhibit("text.evil", EVIL, {EVIL: EVIL}, ("caption", "table"), takes),
        Exhibit("text.gone", EVIL, why=say("no")),
    ]
    return gallery_html(made)


def test_hostile_samples_do_not_run() -> None:
    parts = Parts(hostile_page())
    assert len(parts.scripts) == 1
    assert not [attrs for _, attrs in parts.tags if any(name.startswith("on") for name in attrs)]
    assert "default-src 'none'" in parts.policy()
    assert not [value for value in parts.attributes("src") if not value.startswith("data:")]


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_browser_shows_it_in_the_language_asked_for(tmp_path: Path, lang: str) -> None:
    page = tmp_path / "gallery.html"
    page.write_text(hostile_page(), encoding="utf-8")
    document, log = opened(page, lang, tmp_path / "profile")
    assert f'<html lang="{lang}" data-lang="{lang}">' in document
    assert 'id="op-text.evil"' in document
    assert not log


def test_damaged_parts_are_left_out() -> None:
    broken = Sample("s", {"image": Part("image", b"no"), "video": Part("video", b"no"), "audio": Part("audio", b"no")})
    page = gallery_html(
        [Exhibit("image.odd", "Odd.", {}, ("image", "video", "audio"), (Take(broken, None, say("no")),))]
    )
    assert 'id="op-image.odd"' in page
    assert "<img" not in page.split("<main>")[1]
