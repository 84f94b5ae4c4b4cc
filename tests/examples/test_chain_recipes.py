"""The chains over a folder of one's own: right as they stand, and every hop leaves a trace or a reason."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from shisaku.api import run
from shisaku.core.recipe import Recipe
from shisaku.registry.check import check_recipe
from shisaku.registry.load import load_recipe
from shisaku.store.run import Run

CHAINS = Path(__file__).parents[2] / "examples" / "chain"
RECIPE, JAPANESE = CHAINS / "recipe.yaml", CHAINS / "recipe_ja.yaml"
IMAGE, TEXT = {"image": "image"}, {"text": "text"}
VOICES = {"slt", "jm_kumo"}


@pytest.mark.parametrize(("path", "parts"), [(RECIPE, IMAGE), (JAPANESE, TEXT)])
def test_recipe_fits_the_parts_that_its_folder_gives(path: Path, parts: dict[str, str]) -> None:
    check_recipe(load_recipe(path), parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", [RECIPE, JAPANESE])
def test_every_rule_stands_on_a_measurement_of_what_it_drops(path: Path) -> None:
    recipe: Recipe = load_recipe(path)
    steps = {step.name: step for step in recipe.steps}
    assert recipe.keep
    for keep in recipe.keep:
        assert all(keep.source in steps[rule.metric].source for rule in keep.rules)


def clock() -> Image.Image:
    """The face of a clock at three: the captioner is sure of it."""
    image = Image.new("RGB", (224, 224), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse([12, 12, 212, 212], outline="black", width=8)
    for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        x, y = np.cos(angle), np.sin(angle)
        draw.line([(112 + 80 * x, 112 + 80 * y), (112 + 95 * x, 112 + 95 * y)], fill="black", width=4)
    draw.line([(112, 50), (112, 112), (160, 112)], fill="black", width=6)
    return image


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two real photos, a drawn clock, noise, and a file that is no picture."""
    from sklearn.datasets import load_sample_image

    folder = tmp_path_factory.mktemp("photos")
    for name in ("flower.jpg", "china.jpg"):
        Image.fromarray(load_sample_image(name)).resize((320, 213)).save(folder / name)
    clock().save(folder / "clock.png")
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "noise.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def cooked(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    result = run(RECIPE, data=photos, out=tmp_path_factory.mktemp("chain") / "run")
    assert result.state == "done"
    return Run.open(result.path)


@pytest.mark.slow
@pytest.mark.weights
def test_each_hop_hands_on_what_the_rule_before_it_kept(cooked: Run) -> None:
    size = {name: len(cooked.stream(name)) for name in cooked.streams()}
    assert size["captioned"] == 4
    assert size["reworded"] == size["captions"] <= size["captioned"]
    assert size["spoken"] == len(VOICES) * size["sentences"]
    assert 0 < size["recordings"] <= size["heard"] <= size["spoken"]
    assert size["captions.random"] == size["captions"]


@pytest.mark.slow
@pytest.mark.weights
def test_every_drop_says_where_and_why(cooked: Run) -> None:
    drops = cooked.read_rows("drops")
    assert all(row["op"] and row["text"] for row in drops)
    assert "broken.png" in {row["sample"] for row in drops}
    by_rule = Counter(row["step"] for row in drops)
    for keep in load_recipe(RECIPE).keep:
        dropped = len(cooked.stream(keep.source)) - len(cooked.stream(keep.name))
        assert by_rule[keep.name] == dropped


@pytest.mark.slow
@pytest.mark.weights
def test_recordings_know_their_photo_sentence_and_speaker(cooked: Run) -> None:
    recordings = list(cooked.stream("recordings"))
    assert {sample.facts["voice"] for sample in recordings} <= VOICES
    assert all({"caption_made", "reworded", "speech", "heard"} == set(sample.parts) for sample in recordings)
    sentences = {sample.id: sample for sample in cooked.stream("sentences")}
    photos = set(cooked.stream("captions").ids())
    for recording in recordings:
        (parent,) = recording.parents
        assert recording.depth == 2
        assert set(sentences[parent].parents) <= photos


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.skipif(find_spec("janome") is None, reason="reading Japanese aloud needs the extra [ja]")
def test_japanese_texts_are_read_aloud_and_understood(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, text in {
        "a": "今日は天気がいいので、公園を散歩します。",
        "b": "机の上に本があります。",
        "c": "!?",
    }.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    result = run(JAPANESE, data=folder, out=tmp_path / "run")
    cooked = Run.open(result.path)
    assert result.state == "done"
    kept = list(cooked.stream("recordings"))
    assert {sample.facts["voice"] for sample in kept} == {"jf_alpha", "jm_kumo"}
    assert {parent for sample in kept for parent in sample.parents} == {"a.txt", "b.txt"}
    assert "c.txt" in {row["sample"] for row in cooked.read_rows("drops")}
