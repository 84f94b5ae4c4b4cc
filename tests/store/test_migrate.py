from __future__ import annotations

import pyarrow as pa

from shisaku.core.sample import Part, Sample
from shisaku.store.arrow import sample_schema, samples_to_table, table_to_samples
from shisaku.store.manifest import SCHEMA
from shisaku.store.migrate import STEPS, migrated


def test_every_older_schema_has_its_step() -> None:
    assert sorted(STEPS) == list(range(1, SCHEMA))


def test_a_table_of_today_is_left_alone() -> None:
    table = samples_to_table([Sample("a", {"t": Part.from_text("x")})])
    assert migrated(table, SCHEMA) is table


def test_schema_1_gets_a_clock_and_keeps_its_digests() -> None:
    held = [
        Sample("a", {"t": Part("text", b"x", uri="f", lang="en", span=(0.5, 1.0))}, {"l": "v"}),
        Sample("b", {}),
        Sample("c", {"i": Part("image", b"png"), "t": Part.from_text("y")}),
    ]
    now = samples_to_table(held)
    old_part = pa.struct([field for field in now.schema.field("parts").type.value_type if field.name != "clock"])
    rows = [
        [{k: v for k, v in part.items() if k != "clock"} for part in row] for row in now.column("parts").to_pylist()
    ]
    number = now.column_names.index("parts")
    old = now.set_column(number, "parts", pa.array(rows, pa.list_(old_part)))
    made = migrated(old, 1)
    assert made.schema == sample_schema()
    assert table_to_samples(made) == held
    assert [s.digest for s in table_to_samples(made)] == old.column("digest").to_pylist()
