from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import MediaError
from shisaku.store.codecs import decode_points, decode_table, decode_vector, encode_points, encode_table
from shisaku.store.decoded import Decoded
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.sandbox import Sandbox

CLOUD = np.random.default_rng(3).normal(size=(40, 5)).astype(np.float32)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(Limits(seconds=10, points=1000, file_mb=5), workers=1) as made:
        yield made


def npy(array: object, *, pickled: bool = False) -> bytes:
    target = io.BytesIO()
    np.save(target, np.asarray(array), allow_pickle=pickled)
    return target.getvalue()


def pcd(cloud: np.ndarray, form: str = "binary", names: str = "x y z i r") -> bytes:
    n, columns = cloud.shape
    head = (
        "# .PCD v.7 - Point Cloud Data file format\nVERSION .7\n"
        f"FIELDS {names}\nSIZE {' '.join(['4'] * columns)}\nTYPE {' '.join(['F'] * columns)}\n"
        f"COUNT {' '.join(['1'] * columns)}\nWIDTH {n}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {n}\nDATA {form}\n"
    ).encode()
    rows = "\n".join(" ".join(map(repr, row)) for row in cloud.tolist()).encode()
    return head + (rows if form == "ascii" else cloud.astype("<f4").tobytes())


def points(box: Sandbox, media: Path | bytes) -> tuple[np.ndarray, dict[str, str]]:
    outcome = box.decode(Job("points", media))
    assert isinstance(outcome, Decoded), outcome
    return decode_points(Part("points", outcome.data)), dict(outcome.facts)


def vector(box: Sandbox, media: bytes) -> np.ndarray:
    outcome = box.decode(Job("embedding", media))
    assert isinstance(outcome, Decoded), outcome
    return decode_vector(Part("embedding", outcome.data))


def reason(box: Sandbox, task: str, media: bytes) -> str:
    outcome = box.decode(Job(task, media))
    assert isinstance(outcome, Failure), outcome
    return str(outcome.reason)


@pytest.mark.parametrize("form", ["npy", "npy of float64", "pcd.bin", "pcd", "ascii pcd"])
def test_every_point_comes_in_as_it_is(form: str, box: Sandbox, tmp_path: Path) -> None:
    data = {
        "npy": npy(CLOUD),
        "npy of float64": npy(CLOUD.astype(np.float64)),
        "pcd.bin": CLOUD.tobytes(),
        "pcd": pcd(CLOUD),
        "ascii pcd": pcd(CLOUD, "ascii"),
    }[form]
    (tmp_path / "cloud").write_bytes(data)
    found, facts = points(box, tmp_path / "cloud")
    assert np.array_equal(found, CLOUD)
    assert facts["points"] == "40"
    assert np.array_equal(points(box, data)[0], CLOUD)


def test_columns_are_named_where_the_format_names_them(box: Sandbox) -> None:
    assert points(box, CLOUD.tobytes())[1]["columns"] == "x,y,z,intensity,ring"
    assert points(box, pcd(CLOUD[:, :3], names="x y z"))[1]["columns"] == "x,y,z"
    assert "columns" not in points(box, npy(CLOUD))[1]


def test_a_radar_that_saw_nothing_has_no_points_and_says_so(box: Sandbox) -> None:
    """PCD says "nothing came back" with NaN; the rest of such a cloud is as good as any."""
    half = CLOUD.copy()
    half[:10, 0] = np.nan
    found, facts = points(box, pcd(half))
    assert np.array_equal(found, CLOUD[10:])
    assert (facts["points"], facts["empty"]) == ("30", "10")
    nothing = box.decode(Job("points", pcd(np.full((1, 5), np.nan, np.float32))))
    assert isinstance(nothing, Decoded)
    assert nothing.data == b""
    assert nothing.facts["points"] == "0"


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("/tmp/unpickled",)


BAD = {
    "empty": (b"", "empty"),
    "text": (b"hello, I am text", "not a point cloud"),
    "pickle": (npy(np.array([Evil()], dtype=object), pickled=True), "plain NPY"),
    "flat": (npy(np.zeros(9, np.float32)), "[n, 3 or more]"),
    "two columns": (npy(np.zeros((9, 2), np.float32)), "[n, 3 or more]"),
    "no rows": (npy(np.zeros((0, 3), np.float32)), "[n, 3 or more]"),
    "words": (npy(np.array([["a", "b", "c"]])), "[n, 3 or more]"),
    "nan": (npy(np.full((2, 3), np.nan)), "not numbers"),
    "infinity": (npy(np.full((2, 3), np.inf)), "not numbers"),
    "more than float32 holds": (npy(np.full((2, 3), 1e300)), "not numbers"),
    "too many": (npy(np.zeros((1001, 3), np.float32)), "1001 points"),
    "cut off npy": (npy(CLOUD)[:-9], "plain NPY"),
    "cut off pcd": (pcd(CLOUD)[:-9], "cut off"),
    "cut off ascii pcd": (pcd(CLOUD, "ascii")[:-200], "cut off"),
    "no header": (b"# .PCD v.7\n", "header"),
    "endless header": (b"# .PCD v.7\n" * 5000, "header"),
    "many points": (pcd(CLOUD).replace(b"POINTS 40", b"POINTS 4000000000"), "4000000000 points"),
    "less than none": (pcd(CLOUD).replace(b"POINTS 40", b"POINTS -40"), "cut off"),
    "compressed": (pcd(CLOUD).replace(b"DATA binary", b"DATA binary_compressed"), "binary_compressed"),
    "other columns": (pcd(CLOUD, names="a b c d e"), "not x, y, z"),
    "odd types": (pcd(CLOUD).replace(b"TYPE F F", b"TYPE O O"), "header"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_point_cloud_is_refused_with_a_reason(name: str, box: Sandbox) -> None:
    data, said = BAD[name]
    assert said in reason(box, "points", data)
    assert not Path("/tmp/unpickled").exists()
    assert points(box, npy(CLOUD))[0].shape == (40, 5)


def test_an_npy_header_that_promises_too_much_is_refused(box: Sandbox) -> None:
    head = npy(np.zeros((900, 3), np.float32))[:128].replace(b"(900, 3)", b"(9" + b"0" * 11 + b", 3)")
    assert reason(box, "points", head + b"\0" * 100)


def test_vectors_come_in_from_npy_and_raw_float32(box: Sandbox) -> None:
    wanted = np.arange(6, dtype=np.float32) / 7
    assert np.array_equal(vector(box, npy(wanted)), wanted)
    assert np.array_equal(vector(box, npy(wanted.astype(np.float64))), wanted)
    assert np.array_equal(vector(box, wanted.tobytes()), wanted)
    assert "one dimension" in reason(box, "embedding", npy(CLOUD))
    assert "cut off" in reason(box, "embedding", wanted.tobytes()[:-1])
    assert "not numbers" in reason(box, "embedding", npy(np.array([np.nan])))
    assert "plain NPY" in reason(box, "embedding", npy(np.array([Evil()], dtype=object), pickled=True))


def test_tables_and_points_keep_what_they_are_given() -> None:
    held = {"名": ["ä", 1, 2.5, None, True], "objects": [{"box": [0.1, 0.2, 3, 4]}]}
    assert decode_table(Part("table", encode_table(held))) == held
    assert decode_table(Part("table", encode_table([held]))) == [held]
    with pytest.raises(MediaError):
        encode_table({"a": float("nan")})
    with pytest.raises(MediaError):
        decode_table(Part("table", b"{"))
    with pytest.raises(MediaError):
        decode_table(Part("text", b"{}"))
    assert np.array_equal(decode_points(Part("points", encode_points(CLOUD))), CLOUD)
    with pytest.raises(MediaError):
        encode_points(CLOUD[0])
    for torn in (b"", encode_points(CLOUD)[:-5], npy(np.array([Evil()], dtype=object), pickled=True)):
        with pytest.raises(MediaError):
            decode_points(Part("points", torn))
