"""The contract that every op keeps, as one function: for the built-in ops and for those of plugins.

::

    from shisaku.testing import check_op

    def test_contract():
        check_op(MyTransform, samples, params={"strength": 0.5})
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from shisaku.core.metric import Metric
from shisaku.core.op import Op
from shisaku.core.sample import Sample
from shisaku.core.transform import Transform
from shisaku.models.desk import at
from shisaku.testing.doubles import DoubleDesk
from shisaku.testing.duty import ContractError, must
from shisaku.testing.metrics import check_metric
from shisaku.testing.transforms import check_transform
from shisaku.testing.values import check_value

__all__ = ["ContractError", "check_op"]


def check_op(
    op_class: type[Op],
    samples: Sequence[Sample],
    *,
    params: Mapping[str, Any] | None = None,
    pool: Sequence[Sample] | None = None,
    reference: Sequence[Sample] | None = None,
) -> None:
    """Check that an op keeps the contract on `samples`, which it must be able to handle: give at least two.

    `params` build the op, `pool` is for a Transform that mixes, `reference` for a Metric that compares; an op that
    asks models of a recipe is checked with stand-ins for them.
    Raises ContractError at the first duty that is not kept: it is a frozen value; it says truly what it
    reads and writes; order, batching and other samples change nothing; inputs and global random states
    stay; a sample it cannot use becomes a Failure (or gets no score) and never an exception; children
    descend from their parents; a whole measure is the merge of its halves.
    """
    if len(samples) < 2 or len({sample.id for sample in samples}) < len(samples):
        raise ValueError(f"check_op needs at least 2 samples with different ids, got {len(samples)}")
    op = check_value(op_class, dict(params or {}))
    with at(DoubleDesk()) if op.roles else nullcontext():
        _check(op, samples, pool, reference)


def _check(
    op: Op, samples: Sequence[Sample], pool: Sequence[Sample] | None, reference: Sequence[Sample] | None
) -> None:
    given = (*samples, *(pool or ()), *(reference or ()))
    digests = [sample.digest for sample in given]
    _use(op, samples, pool, reference)  # some libraries draw once when they are first imported
    # Away from where an op that seeds them itself would have put them.
    random.random()  # noqa: S311
    np.random.random()
    randomness = _global_randomness()
    if isinstance(op, Transform):
        check_transform(op, samples, pool)
    elif isinstance(op, Metric):
        check_metric(op, samples, reference)
    must(digests == [sample.digest for sample in given], op, "must not change the samples it is given")
    must(randomness == _global_randomness(), op, "must not touch the global random states")


def _use(op: Op, samples: Sequence[Sample], pool: Sequence[Sample] | None, reference: Sequence[Sample] | None) -> None:
    if isinstance(op, Transform):
        op.apply(samples[:1], [np.random.default_rng(0)], pool)
    elif isinstance(op, Metric) and op.together:
        op.scores(op.measure(samples, reference))
    elif isinstance(op, Metric):
        op.measure(samples[:1], reference)
    else:
        raise ContractError(op.name, "must be a Transform or a Metric")


def _global_randomness() -> tuple[str, str]:
    return repr(random.getstate()), repr(np.random.get_state(legacy=False))
