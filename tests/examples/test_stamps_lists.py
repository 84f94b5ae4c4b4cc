"""Class map, picture lists, licences and halves of the stamps example, without the data."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.core.sample import UNKNOWN
from shisaku_stamps import licences
from shisaku_stamps.halves import halves
from shisaku_stamps.lists import Picture, backgrounds, cartoons, class_map, photos


@pytest.mark.parametrize(
    ("stamp", "label"),
    [
        ("animals/birds/owl", "bird"),
        ("animals/mammals/bovines/yak", "ungulate"),
        ("animals/mammals/pig_golden2", "ungulate"),
        ("animals/mammals/hedgehog", "othermammal"),
        ("animals/mammals/bears/bear", "othermammal"),
        ("animals/marsupials/koala", "othermammal"),
        ("animals/mammals/aquatic/whale", "sea"),
        ("animals/mammals/aquatic/otter", None),
        ("animals/shellfish/abalone", "sea"),
        ("animals/insects/bee", None),
        ("food/nuts/almond", "vegetable"),
        ("food/fruit/kiwi", "fruit"),
        ("plants/flowers/plastic/rose", "flower"),
        ("plants/trees/birch", None),
        ("household/dishes/utensils/nutcracker", "object"),
        ("household/toys/robot", None),
        ("vehicles/ship/cartoon/tug", None),
        ("vehicles/construction/dumper_mirror", None),
        ("vehicles/construction/dumper", "vehicle"),
    ],
)
def test_the_first_line_that_fits_gives_the_class(stamp: str, label: str | None) -> None:
    assert class_map().label(stamp) == label


def test_lists_name_every_picture_once_and_only_known_classes() -> None:
    everything = [*photos(), *cartoons(), *backgrounds()]
    assert max(Counter(p.file for p in everything).values()) == 1
    assert {p.label for p in (*photos(), *cartoons())} <= set(class_map().classes)
    assert all(p.kind and p.scene for p in backgrounds())
    assert all(".." not in p.file.split("/") and not p.file.startswith("/") for p in everything)


@given(st.integers(0, 1000))
def test_scenes_never_straddle_halves(seed: int) -> None:
    found = halves(backgrounds(), seed)
    by_scene = {p.scene: {found[q.file] for q in backgrounds() if q.scene == p.scene} for p in backgrounds()}
    assert all(len(seen) == 1 for seen in by_scene.values())
    assert set(found.values()) == {"train", "validation", "test"}
    for kind in ("monument", "energy"):
        scenes = Counter(found[p.file] for p in {q.scene: q for q in backgrounds() if q.kind == kind}.values())
        assert scenes["train"] == pytest.approx(sum(scenes.values()) / 2, abs=1)


def test_halves_do_not_depend_on_the_order_of_the_list() -> None:
    assert halves(backgrounds(), 3) == halves(backgrounds()[::-1], 3)
    assert halves(backgrounds(), 3) != halves(backgrounds(), 4)


README = """Copyright: Somebody
License: CC-BY-SA 4.0
Files:
one.webp
folder/two.webp

Files: three.webp
Source: https://example.org/three.jpg
License: Public domain
Comments: cropping

Files: four.webp
"""

COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: GPL-3+
 long text

Files: src/words/*
       src/more/a.png
License: CC-BY-SA-3.0

Files: src/words/odd.webp
License: GFDL
"""


def test_readme_beside_the_pictures_states_licences() -> None:
    assert licences.beside(README) == {
        "one.webp": "CC-BY-SA-4.0",
        "folder/two.webp": "CC-BY-SA-4.0",
        "three.webp": "public-domain",
        "four.webp": UNKNOWN,
    }


def test_debian_copyright_last_fit_wins_and_the_catch_all_is_not_enough() -> None:
    assert licences.debian(COPYRIGHT, "src/words/apple.webp") == "CC-BY-SA-3.0"
    assert licences.debian(COPYRIGHT, "src/more/a.png") == "CC-BY-SA-3.0"
    assert licences.debian(COPYRIGHT, "src/words/odd.webp") == "GFDL"
    assert licences.debian(COPYRIGHT, "src/other.webp") == UNKNOWN
    assert licences.debian(COPYRIGHT, "src/other.webp", catch_all=True) == "GPL-3+"


def test_picture_knows_its_container() -> None:
    assert Picture("lang/resource/words_sample/apple.webp").container == "lang.rcc"
