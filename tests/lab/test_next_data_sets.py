"""The real datasets of the back-test: what is sold of a source is never what is tested."""

from __future__ import annotations

import pytest

from shisaku.lab.next_data.world import draw_world

pytestmark = pytest.mark.packages


def test_faces_are_hidden_whole() -> None:
    from next_data_sets import stock

    held = stock("faces")
    assert set(held.real.labels) == {"face", "other"}
    assert len(held.real) == 200
    assert len(held.made) == 400
    own = set(held.real.groups)
    for one in (held.made, held.near, held.far):
        assert set(one.groups) <= own  # an item shown again bears the group of the one it shows
        assert one.features.shape[1] == held.real.features.shape[1]
    for number in range(3):
        world = draw_world(held, 0, number)
        tested = set(world.test.groups)
        assert len(world.test) == 60
        assert all(not tested & set(goods.groups) for goods in world.goods.values())
