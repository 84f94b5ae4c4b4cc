"""The arithmetic around the networks: padding, folding, mel, ConSE, preprocessing, kept results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shisaku.errors import MachineError
from shisaku.models.check import mel_check
from shisaku.models.conse import Conse, conse
from shisaku.models.derived import derived
from shisaku.models.efficientnet import prepare
from shisaku.models.effnet_graph import EPSILON, STRIDES, efficientnet_lite0_onnx, fold_norm, same_padding
from shisaku.models.mel import FRAMES, MELS, hertz_to_mel, log_mel, mel_filters, mel_to_hertz
from shisaku.models.threads import model_threads


@given(size=st.integers(1, 300), kernel=st.sampled_from([1, 3, 5]), stride=st.sampled_from([1, 2]))
def test_same_padding_is_the_least_that_gives_the_size(size: int, kernel: int, stride: int) -> None:
    begin, end, out = same_padding(size, kernel, stride)
    assert out == -(-size // stride)
    assert (size + begin + end - kernel) // stride + 1 == out
    assert 0 <= end - begin <= 1
    if begin + end:
        assert (size + begin + end - 1 - kernel) // stride + 1 < out


def test_the_stride_two_padding_is_not_symmetric() -> None:
    assert same_padding(224, 3, 2) == (0, 1, 112)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_a_folded_norm_does_what_the_norm_did(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=(4, 3, 1, 1)).astype(np.float32)
    norm = {
        "weight": rng.normal(size=4).astype(np.float32),
        "bias": rng.normal(size=4).astype(np.float32),
        "running_mean": rng.normal(size=4).astype(np.float32),
        "running_var": rng.uniform(0.1, 2, size=4).astype(np.float32),
    }
    folded, bias = fold_norm(weight, norm)
    x = rng.normal(size=3)
    plain = weight[:, :, 0, 0] @ x
    wanted = (plain - norm["running_mean"]) / np.sqrt(norm["running_var"] + EPSILON) * norm["weight"] + norm["bias"]
    np.testing.assert_allclose(folded[:, :, 0, 0] @ x + bias, wanted, rtol=1e-4, atol=1e-4)


def _small_tensors(rng: np.random.Generator) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}

    def conv(name: str, norm: str, shape: tuple[int, ...]) -> None:
        found[f"{name}.weight"] = (rng.normal(size=shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
        found[f"{norm}.weight"] = rng.uniform(0.5, 1.5, shape[0]).astype(np.float32)
        found[f"{norm}.bias"] = rng.normal(size=shape[0]).astype(np.float32)
        found[f"{norm}.running_mean"] = rng.normal(size=shape[0]).astype(np.float32)
        found[f"{norm}.running_var"] = rng.uniform(0.5, 1.5, shape[0]).astype(np.float32)

    conv("_conv_stem", "_bn0", (2, 3, 3, 3))
    for number in range(len(STRIDES)):
        name, kernel = f"_blocks.{number}", 5 if number % 2 else 3
        if number:
            conv(f"{name}._expand_conv", f"{name}._bn0", (4, 2, 1, 1))
        wide = 4 if number else 2
        conv(f"{name}._depthwise_conv", f"{name}._bn1", (wide, 1, kernel, kernel))
        conv(f"{name}._project_conv", f"{name}._bn2", (2, wide, 1, 1))
    conv("_conv_head", "_bn1", (8, 2, 1, 1))
    found["_fc.weight"] = rng.normal(size=(5, 8)).astype(np.float32)
    found["_fc.bias"] = rng.normal(size=5).astype(np.float32)
    return found


def _convolve(x: np.ndarray, weight: np.ndarray, stride: int, depthwise: bool) -> np.ndarray:
    kernel = weight.shape[2]
    begin, end, _ = same_padding(x.shape[1], kernel, stride)
    padded = np.pad(x, ((0, 0), (begin, end), (begin, end)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum(
        "chwij,cij->chw" if depthwise else "chwij,ocij->ohw", windows, weight[:, 0] if depthwise else weight
    )


def _by_hand(t: dict[str, np.ndarray], image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    def layer(
        x: np.ndarray, name: str, norm: str, stride: int = 1, depth: bool = False, relu: bool = True
    ) -> np.ndarray:
        x = _convolve(x, t[f"{name}.weight"], stride, depth)
        scale = t[f"{norm}.weight"] / np.sqrt(t[f"{norm}.running_var"] + EPSILON)
        x = (x - t[f"{norm}.running_mean"][:, None, None]) * scale[:, None, None] + t[f"{norm}.bias"][:, None, None]
        return np.clip(x, 0, 6) if relu else x

    x = layer(image, "_conv_stem", "_bn0", 2)
    for number, stride in enumerate(STRIDES):
        name, before = f"_blocks.{number}", x
        if number:
            x = layer(x, f"{name}._expand_conv", f"{name}._bn0")
        x = layer(x, f"{name}._depthwise_conv", f"{name}._bn1", stride, depth=True)
        x = layer(x, f"{name}._project_conv", f"{name}._bn2", relu=False)
        x = x + before if stride == 1 else x
    feature = layer(x, "_conv_head", "_bn1").mean(axis=(1, 2))
    return feature, t["_fc.weight"] @ feature + t["_fc.bias"]


def test_the_written_graph_computes_what_the_formula_says() -> None:
    import onnxruntime

    rng = np.random.default_rng(0)
    tensors = _small_tensors(rng)
    data = efficientnet_lite0_onnx(tensors)
    assert data == efficientnet_lite0_onnx(tensors)
    image = rng.normal(size=(3, 224, 224)).astype(np.float32)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    feature, logits = session.run(["feature", "logits"], {"image": image[None]})
    by_hand = _by_hand(tensors, image.astype(np.float64))
    np.testing.assert_allclose(feature[0], by_hand[0], atol=1e-3)
    np.testing.assert_allclose(logits[0], by_hand[1], atol=1e-3)


def test_preparing_pads_with_white_and_puts_transparency_over_white() -> None:
    black = np.zeros((100, 50, 4), np.uint8)
    black[:50, :, 3] = 255
    x = prepare(black)
    assert x.shape == (3, 224, 224)
    assert x.dtype == np.float32
    assert x[0, 20, 112] == pytest.approx((0 - 127) / 128)
    assert x[0, 200, 112] == pytest.approx((255 - 127) / 128)
    assert x[0, 20, 5] == pytest.approx((255 - 127) / 128)


def test_an_rgb_image_of_the_right_size_is_only_scaled() -> None:
    image = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    np.testing.assert_array_equal(prepare(image), (image.transpose(2, 0, 1).astype(np.float32) - 127) / 128)


def test_the_mel_front_end_is_the_formula() -> None:
    ok, what = mel_check()
    assert ok, str(what)


@given(arrays(np.float64, 5, elements=st.floats(0, 8000)))
def test_mel_and_back_is_the_same(hertz: np.ndarray) -> None:
    np.testing.assert_allclose(mel_to_hertz(hertz_to_mel(hertz)), hertz, atol=1e-6)


def test_mel_filters_have_unit_area() -> None:
    filters = mel_filters()
    assert filters.shape == (MELS, 201)
    # narrow low filters fall between bins; from 40 up a filter spans enough bins to be summed
    np.testing.assert_allclose(filters[40:].sum(axis=1) * 40.0, 1.0, atol=0.15)


@pytest.mark.parametrize("n", [0, 1, 100, 399, 16000, 16000 * 30, 16000 * 31])
def test_any_length_gives_thirty_seconds_of_frames(n: int) -> None:
    wave = np.random.default_rng(0).normal(0, 0.1, n).astype(np.float32)
    mel = log_mel(wave)
    assert mel.shape == (MELS, FRAMES)
    assert np.isfinite(mel).all()
    assert mel.max() - mel.min() <= 2.0 + 1e-6


def test_silence_after_the_wave_changes_nothing() -> None:
    wave = np.random.default_rng(0).normal(0, 0.1, 8000).astype(np.float32)
    np.testing.assert_allclose(log_mel(wave), log_mel(np.pad(wave, (0, 90_000))), atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31), top=st.integers(1, 12))
def test_conse_is_the_weighted_mean_of_the_likeliest_names(seed: int, top: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, (4, 12)).astype(np.float32)
    names = rng.normal(size=(12, 6)).astype(np.float32)
    for row, found in zip(logits, conse(logits, names, top), strict=True):
        best = np.argsort(-row)[:top]
        softmax = np.exp(row.astype(np.float64)) / np.exp(row.astype(np.float64)).sum()
        mixed = (softmax[best, None] * names[best]).sum(axis=0) / softmax[best].sum()
        np.testing.assert_allclose(found, mixed / np.linalg.norm(mixed), atol=1e-5)


class _Names:
    backend = "toy"
    classes = ("cat", "dog")

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, texts: object) -> np.ndarray:
        self.asked += 1
        return np.eye(2, dtype=np.float32)

    def logits(self, images: list[np.ndarray]) -> np.ndarray:
        return np.array([[9.0, 0.0]] * len(images), np.float32)


def test_class_vectors_are_computed_once_per_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path))
    toy = _Names()
    image = np.zeros((4, 4, 3), np.uint8)
    first = Conse(toy, toy, top=1).embed([image])
    second = Conse(toy, toy, top=1).embed([image])
    assert toy.asked == 1
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, [[1, 0]])
    assert Conse(toy, toy).embed([]).shape == (0, 2)


def test_a_kept_result_is_used_until_it_is_damaged_or_outdated(tmp_path: Path) -> None:
    built: list[str] = []

    def build(key: str) -> bytes:
        built.append(key)
        return f"made for {key}".encode()

    path = tmp_path / "sub/x.bin"
    for key in ("a", "a", "b"):
        assert derived(path, key, lambda key=key: build(key)) == f"made for {key}".encode()
    path.write_bytes(b"made for c")
    assert derived(path, "b", lambda: build("b")) == b"made for b"
    path.with_name("x.bin.json").write_text("{")
    derived(path, "b", lambda: build("b"))
    assert built == ["a", "b", "b", "b"]


def test_a_cache_that_cannot_be_written_costs_only_the_building(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert derived(tmp_path / "file/x.bin", "a", lambda: b"made") == b"made"


@pytest.mark.parametrize(("text", "threads"), [("", 2), ("3", 3)])
def test_threads_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, text: str, threads: int) -> None:
    monkeypatch.setenv("SHISAKU_THREADS", text)
    assert model_threads() == threads
    assert model_threads(5) == 5


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_a_number_of_threads_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SHISAKU_THREADS", text)
    with pytest.raises(MachineError, match="not a number of threads"):
        model_threads()
