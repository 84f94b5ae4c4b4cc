"""An arm with its policy: what it does with the test items of every split, and what that costs per item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shisaku.lab.business.held import Held
from shisaku.lab.business.matrix import Matrix
from shisaku.lab.business.policy import Policy
from shisaku.lab.items import Index
from shisaku.stats.estimate import Floats
from shisaku.stats.expected_cost import action_shares


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """One arm in the splits in which every class that is in use was tested, with what it did with each test item."""

    held: tuple[Held, ...]
    policies: tuple[Policy, ...]
    actions: tuple[Index, ...]
    shares: Floats
    n_actions: int

    @classmethod
    def of(cls, held: Sequence[Held], matrix: Matrix, shares: Floats) -> Answered:
        """Choose a policy in every split on its validation items, and act by it on its test items."""
        whole = [one for one in held if _tested(one, shares)]
        policies = [Policy.chosen(matrix, shares, one.validation) for one in whole]
        done = [policy.actions(one.test) for policy, one in zip(policies, whole, strict=True)]
        return cls(tuple(whole), tuple(policies), tuple(done), shares, len(matrix.actions))

    def cells(self) -> Floats:
        """Return [splits, K, A]: the share of each action in each class, 0 in a class that is not in use."""
        found = [
            action_shares(one.test.truth, done, len(self.shares), self.n_actions)
            for one, done in zip(self.held, self.actions, strict=True)
        ]
        table = np.array(found).reshape(-1, len(self.shares), self.n_actions)
        return np.where((self.shares > 0)[None, :, None], table, 0.0)

    def costs(self, costs: Floats) -> Floats:
        """Return [splits]: the expected cost of an item in use."""
        per_class = (self.cells() * costs).sum(axis=2)
        return np.asarray(per_class @ self.shares)


def _tested(held: Held, shares: Floats) -> bool:
    counts = np.bincount(held.test.truth, minlength=len(shares))
    return bool((counts[shares > 0] > 0).all())
