"""Groups of copies: no chain, the first is kept."""

from __future__ import annotations

import numpy as np

from shisaku.stats.stars import stars


def _stars(n: int, *pairs: tuple[int, int, float]) -> tuple[list[int], list[float]]:
    i, j, distance = (np.array(column) for column in zip(*pairs, strict=True))
    keeper, apart = stars(n, i, j, distance)
    return keeper.tolist(), apart.tolist()


def test_a_chain_does_not_become_one_group() -> None:
    keeper, _ = _stars(5, (0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0))
    assert keeper == [0, 0, 2, 2, 4]


def test_a_member_goes_to_the_nearest_keeper() -> None:
    keeper, apart = _stars(3, (0, 2, 3.0), (1, 2, 1.0))
    assert keeper == [0, 1, 1]
    assert apart == [0.0, 0.0, 1.0]


def test_every_member_is_near_its_keeper_and_no_two_keepers_are_near() -> None:
    rng = np.random.default_rng(0)
    points = rng.random((200, 2))
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    i, j = np.nonzero(np.triu(apart < 0.1, 1))
    keeper, distance = stars(200, i, j, apart[i, j])
    leads = np.unique(keeper)
    assert (keeper[leads] == leads).all()
    assert np.allclose(distance, apart[np.arange(200), keeper])
    assert (distance < 0.1).all()
    between = apart[np.ix_(leads, leads)] + np.eye(len(leads))
    assert (between >= 0.1).all()


def test_nothing_near() -> None:
    nothing = np.zeros(0, np.int64)
    keeper, apart = stars(3, nothing, nothing, np.zeros(0))
    assert keeper.tolist() == [0, 1, 2]
    assert apart.tolist() == [0.0, 0.0, 0.0]
