from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from store_material import pixels, tone

from shisaku.core.sample import Part
from shisaku.errors import MediaError
from shisaku.store.codecs import decode_image, decode_vector, decode_wave, encode_image, encode_vector, encode_wave


@settings(deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20), st.sampled_from([3, 4]))))
def test_image_round_trip_keeps_every_pixel_and_alpha(array: np.ndarray) -> None:
    again = decode_image(Part("image", encode_image(array)))
    assert again.dtype == np.uint8
    assert np.array_equal(again, array)


def test_colour_of_transparent_pixels_is_kept() -> None:
    array = pixels(1, channels=4)
    array[..., 3] = 0
    assert np.array_equal(decode_image(Part("image", encode_image(array))), array)


def test_image_views_and_strides_do_not_matter() -> None:
    array = pixels(2, 30, 30)
    assert encode_image(array[::-1, ::2]) == encode_image(np.ascontiguousarray(array[::-1, ::2]))


@pytest.mark.parametrize("array", [pixels(0)[..., 0], pixels(0).astype(np.float32), pixels(0)[:0], pixels(0)[..., :2]])
def test_what_is_no_rgb_image_is_refused(array: np.ndarray) -> None:
    with pytest.raises(MediaError):
        encode_image(array)


@settings(deadline=None)
@given(hnp.arrays(np.int16, st.integers(0, 200)), st.sampled_from([8000, 16000, 44100]))
def test_wave_round_trip_is_exact_for_16_bit(frames: np.ndarray, rate: int) -> None:
    wave = frames.astype(np.float32) / 32768
    data = encode_wave(wave, rate)
    again, found = decode_wave(Part("audio", data))
    assert found == rate
    assert np.array_equal(again, wave)
    assert encode_wave(again, rate) == data


def test_wave_is_clipped_not_wrapped() -> None:
    wave, _ = decode_wave(Part("audio", encode_wave(np.array([2.0, -2.0], np.float32), 16000)))
    assert wave[0] == pytest.approx(1.0, abs=1e-4)
    assert wave[1] == -1.0


@pytest.mark.parametrize("wave", [np.array([0.0, np.nan]), np.array([np.inf]), np.zeros((2, 2))])
def test_what_is_no_wave_is_refused(wave: np.ndarray) -> None:
    with pytest.raises(MediaError):
        encode_wave(wave, 16000)


@settings(deadline=None)
@given(hnp.arrays(np.float32, st.integers(0, 50), elements=st.floats(width=32)))
def test_vector_round_trip(vector: np.ndarray) -> None:
    assert np.array_equal(decode_vector(Part("embedding", encode_vector(vector))), vector, equal_nan=True)


@pytest.mark.parametrize("decode", [decode_image, decode_wave, decode_vector])
@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"\x89PNG\r\n\x1a\nxx", b"RIFF\xff\xff\xff\xffWAVEfmt "])
def test_damaged_bytes_are_a_media_error(decode: object, data: bytes) -> None:
    kind = {decode_image: "image", decode_wave: "audio", decode_vector: "embedding"}[decode]
    if (kind, data) == ("embedding", b"") or (kind == "embedding" and len(data) % 4 == 0):
        return
    with pytest.raises(MediaError):
        decode(Part(kind, data))


def test_the_wrong_kind_is_refused() -> None:
    with pytest.raises(MediaError, match="text"):
        decode_image(Part.from_text("a picture"))


def test_truncated_png_is_an_error_or_the_same_size() -> None:
    data = encode_image(pixels(3))
    with pytest.raises(MediaError):
        decode_image(Part("image", data[:30]))


def test_a_torn_wave_gives_whole_frames() -> None:
    data = encode_wave(tone(), 16000)
    wave, _ = decode_wave(Part("audio", data[:-1]))
    assert wave.size <= tone().size
