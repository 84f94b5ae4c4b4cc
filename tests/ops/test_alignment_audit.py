"""Which texts do not belong to their images, in any space that holds both."""

from __future__ import annotations

import numpy as np
import pytest
from ops_material import vector_part

from shisaku.auditing.detector import detectors, up_to
from shisaku.auditing.plan import Contents, audit_recipe
from shisaku.core.recipe import Source
from shisaku.core.sample import Sample
from shisaku.ops.pairs.mismatch import Mismatch


def pairs(n: int, noise: float, turned: int = 0, per_entity: int = 1) -> list[Sample]:
    rng = np.random.default_rng(0)
    images = rng.normal(size=(n, 32))
    texts = images + noise * rng.normal(size=(n, 32))
    texts[:turned] = np.roll(texts[:turned], 1, axis=0)
    return [
        Sample(
            f"s{i:03}",
            {"image_vector": vector_part(images[i]), "text_vector": vector_part(texts[i])},
            group=f"e{i // per_entity}",
        )
        for i in range(n)
    ]


def test_texts_of_other_images_are_found_and_few_others() -> None:
    op = Mismatch(odd_from=2.0)
    state = op.measure(pairs(200, 0.5, turned=20))
    scores = op.scores(state)
    flagged = {score.sample for score in scores if score.issue}
    turned = {f"s{i:03}" for i in range(20)}
    assert len(flagged & turned) >= 12
    assert len(flagged - turned) <= 9
    assert all(score.reason for score in scores if score.issue)
    (found,) = op.findings(state)
    assert found.name == "alignment_tells"
    assert (found.low or 0.0) > 0.8
    assert set(found.samples[:8]) <= turned


def test_where_the_score_tells_nothing_no_sample_is_flagged() -> None:
    op = Mismatch()
    state = op.measure(pairs(200, 0.5, turned=200))
    (found,) = op.findings(state)
    assert (found.name, found.weight) == ("alignment_cannot_tell", "warn")
    scores = op.scores(state)
    assert len(scores) == 200
    assert not any(score.issue for score in scores)
    assert {score.value for score in scores} == {0.5}


def test_pairs_are_shuffled_between_entities_and_few_entities_are_not_asked() -> None:
    op = Mismatch()
    (found,) = op.findings(op.measure(pairs(100, 0.2, per_entity=10)))
    assert found.name == "alignment_not_asked"


def test_vectors_of_two_spaces_are_not_measured() -> None:
    odd = Sample("odd", {"image_vector": vector_part(np.ones(3)), "text_vector": vector_part(np.ones(4))})
    assert Mismatch().measure([odd]) == {}


@pytest.mark.parametrize("langs", [{"caption": "en"}, {"caption": "ja"}])
def test_the_views_are_bound_to_image_and_english_text(langs: dict[str, str]) -> None:
    entries = [one for one in detectors() if one.name in ("alignment", "image_in_text_space", "both_in_text_space")]
    contents = Contents({"image": "image", "caption": "text"}, langs)
    recipe = audit_recipe("a", Source("folder", {"path": "x"}), up_to("standard", entries), contents)
    names = [step.name for step in recipe.steps]
    wanted = ["image_in_text_space", "both_in_text_space", "alignment"]
    assert names == (wanted if langs["caption"] == "en" else [])
