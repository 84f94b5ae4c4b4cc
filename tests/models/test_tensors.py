"""The tensor reader: right numbers from both layouts, and no name but a tensor's is ever looked up."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shisaku.errors import WeightsError
from shisaku.models.files import sha256_of
from shisaku.models.tensors import _ALLOWED, read_tensors, tensors_from

MAGIC = 0x1950A86A20F9469CFC6C
WEIGHT = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def name(module: str, attribute: str) -> bytes:
    return b"c" + f"{module}\n{attribute}\n".encode()


def text(value: str) -> bytes:
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def numbers(values: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(number(v) for v in values) + b"t"


def tensor(
    shape: tuple[int, ...], stride: tuple[int, ...], size: int, offset: int = 0, kind: str = "FloatStorage"
) -> bytes:
    storage = b"(" + text("storage") + name("torch", kind) + text("0") + text("cpu") + number(size) + b"tQ"
    arguments = b"(" + storage + number(offset) + numbers(shape) + numbers(stride) + b"\x89" + number(0) + b"t"
    return name("torch._utils", "_rebuild_tensor_v2") + arguments + b"R"


def state_dict(value: bytes) -> bytes:
    return b"\x80\x02" + name("collections", "OrderedDict") + b")R(" + text("w") + value + b"u."


def legacy(tree: bytes, data: bytes, count: int) -> bytes:
    head = b"".join(pickle.dumps(v, 2) for v in (MAGIC, 1001, {"little_endian": True}))
    return head + tree + pickle.dumps(["0"], 2) + struct.pack("<q", count) + data


def zipped(tree: bytes, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("model/data.pkl", tree)
        archive.writestr("model/data/0", data)
    return out.getvalue()


GOOD = state_dict(tensor((2, 3, 4), (12, 4, 1), 24))


@pytest.mark.parametrize("layout", ["legacy", "zip"])
def test_both_layouts_give_the_numbers(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(legacy(GOOD, WEIGHT.tobytes(), 24) if layout == "legacy" else zipped(GOOD, WEIGHT.tobytes()))
    found = read_tensors(path, {sha256_of(path)}, "toy")
    np.testing.assert_array_equal(found["w"], WEIGHT)


def test_strides_and_offsets_are_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(legacy(state_dict(tensor((4, 3), (1, 4), 24, offset=12)), WEIGHT.tobytes(), 24))
    np.testing.assert_array_equal(tensors_from(path, "toy")["w"], WEIGHT[1].T)


def test_a_nested_dict_gives_dotted_names(tmp_path: Path) -> None:
    inner = name("collections", "OrderedDict") + b")R(" + text("w") + tensor((24,), (1,), 24) + b"u"
    path = tmp_path / "a.pth"
    path.write_bytes(
        legacy(b"\x80\x02}(" + text("state") + inner + text("epoch") + number(3) + b"u.", WEIGHT.tobytes(), 24)
    )
    assert list(tensors_from(path, "toy")) == ["state.w"]


def test_the_hash_is_checked_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(b"\x80\x02" + name("posix", "system") + b"(" + text("true") + b"tR.")
    with pytest.raises(WeightsError, match="is not the pinned one"):
        read_tensors(path, {"0" * 64}, "toy")


@pytest.mark.parametrize(
    ("module", "attribute"),
    [
        ("posix", "system"),
        ("os", "system"),
        ("nt", "system"),
        ("builtins", "eval"),
        ("builtins", "exec"),
        ("builtins", "getattr"),
        ("__builtin__", "eval"),
        ("subprocess", "Popen"),
        ("torch", "load"),
        ("torch._utils", "_rebuild_tensor_v2.__globals__"),
        ("collections", "OrderedDict.__init__.__globals__"),
        ("collections", "namedtuple"),
        ("torch.FloatStorage", "__class__"),
        ("shisaku.models.tensors", "_rebuild"),
    ],
)
@pytest.mark.parametrize("protocol", [2, 4])
def test_every_other_name_is_refused(tmp_path: Path, module: str, attribute: str, protocol: int) -> None:
    asked = name(module, attribute) if protocol == 2 else text(module) + text(attribute) + b"\x93"
    tree = b"\x80" + bytes([protocol]) + asked + b"(" + text("touch " + str(tmp_path / "pwned")) + b"tR."
    for data in (legacy(tree, b"", 0), zipped(tree, b""), tree):
        path = tmp_path / "a.pth"
        path.write_bytes(data)
        with pytest.raises(WeightsError, match=r"the file asks for|not a tensor file|does not hold"):
            tensors_from(path, "toy")
    assert not (tmp_path / "pwned").exists()


def test_names_hidden_in_the_first_pickles_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(b"\x80\x02" + name("posix", "system") + b"(" + text("true") + b"tR.")
    with pytest.raises(WeightsError, match=r"asks for posix\.system"):
        tensors_from(path, "toy")


@pytest.mark.parametrize("key", list(_ALLOWED))
def test_setting_attributes_of_allowed_names_changes_nothing(tmp_path: Path, key: tuple[str, str]) -> None:
    before = {k: repr(v) for k, v in _ALLOWED.items()}
    state = b"(N}(" + text("__class__") + text("x") + b"ut"
    path = tmp_path / "a.pth"
    path.write_bytes(legacy(b"\x80\x02" + name(*key) + state + b"b.", b"", 0))
    with pytest.raises(WeightsError):
        tensors_from(path, "toy")
    path.write_bytes(legacy(GOOD, WEIGHT.tobytes(), 24))
    np.testing.assert_array_equal(tensors_from(path, "toy")["w"], WEIGHT)
    assert {k: repr(v) for k, v in _ALLOWED.items()} == before


@pytest.mark.parametrize(
    ("shape", "stride", "offset"),
    [
        ((25,), (1,), 0),
        ((24,), (1,), 1),
        ((2, 3), (100, 1), 0),
        ((-1,), (1,), 0),
        ((2,), (-1,), 5),
        ((9999, 9999), (0, 0), 0),
    ],
)
def test_a_tensor_outside_its_storage_is_refused(
    tmp_path: Path, shape: tuple[int, ...], stride: tuple[int, ...], offset: int
) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(legacy(state_dict(tensor(shape, stride, 24, offset)), WEIGHT.tobytes(), 24))
    with pytest.raises(WeightsError, match="does not hold plain tensors"):
        tensors_from(path, "toy")


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 400), junk=st.binary(max_size=40))
def test_any_broken_file_is_a_weights_error_or_tensors(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes
) -> None:
    whole = legacy(GOOD, WEIGHT.tobytes(), 24)
    path = tmp_path_factory.mktemp("t") / "a.pth"
    path.write_bytes(whole[:cut] + junk + whole[cut + len(junk) :])
    with suppress(WeightsError):
        assert all(isinstance(value, np.ndarray) for value in tensors_from(path, "toy").values())


def test_a_missing_file_is_a_weights_error(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        tensors_from(tmp_path / "none.pth", "toy")
