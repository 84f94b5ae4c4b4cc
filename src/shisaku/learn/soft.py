"""Soft labels for learners that take one label per row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shisaku.learn.examples import Examples

LEAST = 1e-3  # a chance below this changes a loss by less than its tolerance, and would cost a row


def one_label_each(examples: Examples) -> Examples:
    """Return each row once per class it may bear, weighted by that chance: the same cross-entropy, exactly.

    Chances under 0.001 are left out and the rest scaled up. Rows without soft labels are returned as they are.
    """
    if not examples.soft.size:
        return examples
    chances = np.where(examples.soft >= LEAST, examples.soft, 0.0)
    chances = chances / chances.sum(axis=1, keepdims=True)
    row, code = np.nonzero(chances)
    many = replace(examples, soft=np.zeros((0, 0))).take(row)
    return replace(many, y=code, weight=examples.weight[row] * chances[row, code])
