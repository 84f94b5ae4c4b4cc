from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from store_material import any_drop, any_sample, sample

from shisaku.core.drop import Drop
from shisaku.core.sample import Sample
from shisaku.store.arrow import (
    drop_from_row,
    drop_row,
    drops_to_table,
    samples_to_table,
    table_to_drops,
    table_to_samples,
)
from shisaku.store.state import state_from_json, state_to_json


@settings(deadline=None)
@given(st.lists(any_sample, max_size=4))
def test_samples_round_trip(held: list[Sample]) -> None:
    table = samples_to_table(held)
    again = table_to_samples(table)
    assert again == held
    assert [s.digest for s in again] == table.column("digest").to_pylist()


@settings(deadline=None)
@given(st.lists(any_drop, max_size=4))
def test_drops_round_trip(held: list[Drop]) -> None:
    assert table_to_drops(drops_to_table(held)) == held
    assert [drop_from_row(drop_row(drop)) for drop in held] == held


def test_order_of_parts_is_kept() -> None:
    one = sample(1)
    assert list(table_to_samples(samples_to_table([one]))[0].parts) == list(one.parts)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["<bytes>", "<array>", "<pairs>"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(plain)
def test_state_round_trip(state: object) -> None:
    assert state_from_json(state_to_json(state)) == state


@settings(deadline=None)
@given(
    hnp.arrays(st.sampled_from([np.float32, np.int64, np.uint8]), hnp.array_shapes(min_dims=1, max_dims=3, max_side=3))
)
def test_state_keeps_arrays(array: np.ndarray) -> None:
    again = state_from_json(state_to_json({"a": array, "f": np.float64(0.1), 3: "number key"}))
    assert again["a"].dtype == array.dtype
    assert np.array_equal(again["a"], array, equal_nan=True)
    assert again["f"] == 0.1
    assert again[3] == "number key"


def test_state_refuses_what_has_no_plain_form() -> None:
    with pytest.raises(TypeError, match="object"):
        state_to_json({"x": object()})
