"""What a recipe and its samples say of made data before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shisaku.core.recipe import Keep, Recipe, Rule, Source, Step
from shisaku.core.sample import Part, Sample
from shisaku.lab.conditions.same_data import Datasets, RealItems
from shisaku.lab.conditions.sources import BROUGHT, Sources

STEPS = (
    Step("captioned", "pairs.caption", ("data",)),
    Step("spoken", "audio.speak", ("captioned",)),
    Step("spoken.audio.embed", "audio.embed", ("spoken",)),
    Step("score", "audio.naturalness", ("spoken",)),
    Step("gap", "dataset.two_sample", ("spoken.audio.embed",), reference="data"),
    Step("seen", "image.embed", ("data",)),
)
KEEP = (Keep("good", "spoken", (Rule("score", minimum=0.5),)),)
FOUND = (
    {"step": "gap", "name": "two_sample", "value": 0.9, "low": 0.8},
    {"step": "gap", "name": "two_sample_not_asked", "value": None, "low": None},
)


def _sources() -> Sources:
    recipe = Recipe("r", Source("folder"), steps=STEPS, keep=KEEP)
    return Sources.of(recipe, [{"step": "captioned"}, {"step": "spoken"}], FOUND)


class _Held:
    """A Dataset in memory."""

    fingerprint = "x"

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = list(samples)

    def __len__(self) -> int:
        return len(self._samples)

    def __iter__(self) -> Iterator[Sample]:
        return iter(self._samples)

    def ids(self) -> list[str]:
        return [sample.id for sample in self._samples]

    def take(self, ids: Sequence[str]) -> list[Sample]:
        return [sample for sample in self._samples if sample.id in ids]


def _items(source: str, texts: Sequence[str]) -> RealItems:
    samples = [Sample(f"{source}/{t}", {"text": Part.from_text(t)}, {"class": t[0]}) for t in texts]
    return RealItems.of(source, _Held(samples), "class")


def test_a_chain_is_named_by_its_makers_and_not_by_what_looks_at_it() -> None:
    sources = _sources()
    assert sources.technique("spoken") == "pairs.caption > audio.speak"
    assert sources.technique("spoken.audio.embed") == "pairs.caption > audio.speak"
    assert sources.technique("data") == BROUGHT


def test_what_a_keep_rule_kept_is_gated_and_its_random_control_is_not() -> None:
    sources = _sources()
    assert sources.technique("good") == sources.technique("good.random") == "pairs.caption > audio.speak"
    assert (sources.gated("good"), sources.gated("good.random"), sources.gated("spoken")) == (True, False, False)


def test_a_gap_belongs_to_the_stream_whose_features_it_was_measured_on() -> None:
    sources = _sources()
    assert sources.figure("two_sample", "spoken") == sources.figure("two_sample", "good") == 0.9
    assert sources.figure("two_sample", "captioned") is None  # what was made of it is not it
    assert sources.figure("mmd", "spoken") is None


def test_the_modality_is_that_of_the_features_then_of_what_stands_upstream_then_of_the_parts() -> None:
    sources = _sources()
    assert sources.modality(["audio.embed"], "data", ()) == "audio"
    assert sources.modality(["embedding.tukey"], "seen", ()) == "image"
    assert sources.modality(["image.embed", "audio.embed"], "data", ()) == "audio+image"
    assert sources.modality(["embedding.tukey"], "data", ("embedding", "text")) == "text"
    assert sources.modality(["embedding.tukey"], "data", ("embedding",)) == "vector"


def test_studies_that_share_samples_are_one_dataset_also_through_a_third() -> None:
    ten = [f"a{i}" for i in range(10)]
    one, two, both = _items("x", ten), _items("y", [f"b{i}" for i in range(10)]), _items("z", [*ten[:2], "b0", "b1"])
    assert Datasets([one, two], ["t", "t"], {}).names == ("t", "t (2)")
    assert Datasets([one, two, both], ["p", "q", "r"], {}).names == ("p", "p", "p")
    assert Datasets([one, two], ["t", "t"], {1: "mine"}).names == ("t", "mine")


def test_one_sample_in_common_does_not_make_one_dataset() -> None:
    many = [f"a{i:03d}" for i in range(100)]
    assert not _items("x", many).shares(_items("y", [many[0], *(f"b{i:03d}" for i in range(99))]))
    assert _items("x", many).shares(_items("y", [*many[:6], *(f"b{i:03d}" for i in range(94))]))


def test_samples_that_are_gone_are_told_by_their_source() -> None:
    assert RealItems("folder photos").shares(RealItems("folder photos"))
    assert not RealItems("folder photos").shares(RealItems("folder other"))
    assert RealItems("folder photos").imbalance is None
    assert _items("x", ["a1", "a2", "a3", "b1"]).imbalance == 3.0
