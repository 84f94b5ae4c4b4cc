"""What a lossy codec leaves of a wave: coded, decoded, and put back to where it was in time."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shisaku.errors import MachineError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

MPEG_RATES: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
FLOATS: Final = ("fltp", "flt")
SHORT: Final = 32767.0
CHUNK: Final = 320  # samples a frame of codecs that take any number
SPARE: Final = 8  # frames of silence behind the end, so that what a codec holds back comes out
LONGEST_DELAY: Final = 0.2  # seconds
GENEROUS: Final = 64.0  # kbit/s


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec as FFmpeg names it, the sampling rates it takes, and its bit rates (0: it has but one)."""

    encoder: str
    decoder: str
    rates: tuple[int, ...]
    slowest: float = 0.0
    fastest: float = 0.0

    def rate_for(self, rate: int) -> int:
        """Return the lowest rate of the codec that loses nothing, or its highest."""
        return next((own for own in self.rates if own >= rate), self.rates[-1])


CODECS: Final = {
    "aac": Codec("aac", "aac", MPEG_RATES, 8.0, 256.0),
    "amr_nb": Codec("libopencore_amrnb", "libopencore_amrnb", (8000,), 4.75, 12.2),
    "g711_a": Codec("pcm_alaw", "pcm_alaw", (8000,)),
    "g711_mu": Codec("pcm_mulaw", "pcm_mulaw", (8000,)),
    "g722": Codec("g722", "g722", (16000,)),
    "mp3": Codec("libmp3lame", "mp3float", MPEG_RATES, 8.0, 256.0),
    "opus": Codec("libopus", "libopus", (48000,), 6.0, 256.0),
}


def through_codec(wave: Wave, rate: int, name: str, kbps: float = 0.0) -> tuple[Wave, float]:
    """Return the wave as it comes out of a codec, as long as it was and in time, and the bit rate it took in kbit/s.

    `kbps` is the nominal bit rate, brought into what the codec can. Raises MachineError without its encoder.
    """
    codec = CODECS[name]
    kbps = min(max(kbps, codec.slowest), codec.fastest)
    own = codec.rate_for(rate)
    heard, took = _coded(resampled(wave, rate, own), own, codec, kbps)
    late = heard[delay_of(name, own) :]
    return fitted(resampled(late, own, rate), wave.size), took


def resampled(wave: Wave, rate: int, new: int) -> Wave:
    """Return the wave at a new rate, without delay; one sample stays one."""
    import soxr

    if rate == new:
        return wave
    made = np.asarray(soxr.resample(wave, rate, new, quality="HQ"), dtype=np.float32)
    return made if made.size else wave


def fitted(wave: Wave, size: int) -> Wave:
    """Return the wave cut, or filled up with silence, to `size` samples."""
    return np.pad(wave[:size], (0, max(0, size - wave.size)))


@functools.lru_cache
def delay_of(name: str, rate: int) -> int:
    """Return by how many samples what is decoded comes late, measured on a burst of band-limited noise.

    It is not in any header that all codecs share, and depends on how FFmpeg was built.
    """
    from scipy.signal import butter, fftconvolve, sosfilt

    burst = np.random.default_rng(0).standard_normal(rate // 2)
    burst = sosfilt(butter(2, (300.0, 2500.0), "bandpass", fs=rate, output="sos"), burst) * np.hanning(burst.size)
    probe = np.asarray(0.3 * burst / np.abs(burst).max(), dtype=np.float32)
    codec = CODECS[name]
    # At a low bit rate the wave is hardly itself any more, while the delay is the same.
    heard, _ = _coded(probe, rate, codec, min(GENEROUS, codec.fastest))
    alike = fftconvolve(heard.astype(np.float64), probe[::-1].astype(np.float64))[probe.size - 1 :]
    return int(np.argmax(alike[: round(LONGEST_DELAY * rate)]))


def _coded(wave: Wave, rate: int, codec: Codec, kbps: float) -> tuple[Wave, float]:
    encoder = _encoder(codec, rate, kbps)
    size = encoder.frame_size or CHUNK
    padded = np.pad(wave, (0, -wave.size % size + SPARE * size))
    packets = list(_packets(encoder, padded, rate, size))
    taken = sum(packet.size for packet in packets) * 8.0 / (padded.size / rate) / 1000.0
    return np.concatenate([*_decoded(codec, rate, encoder.extradata, packets)]), taken


def _encoder(codec: Codec, rate: int, kbps: float) -> Any:
    import av

    try:
        encoder: Any = av.CodecContext.create(codec.encoder, "w")
    except (av.FFmpegError, ValueError):
        raise MachineError(
            say("The installed PyAV has no encoder {codec}", codec=codec.encoder),
            next=say("Leave that codec out, or install a build of PyAV that has it"),
        ) from None
    formats = [form.name for form in encoder.codec.audio_formats]
    encoder.format = next((form for form in FLOATS if form in formats), "s16")
    encoder.sample_rate, encoder.layout, encoder.time_base = rate, "mono", Fraction(1, rate)
    encoder.thread_count = 1
    if kbps:
        encoder.bit_rate = round(kbps * 1000)
    # Left free, Opus took up to twice the bit rate asked for.
    encoder.options = {"vbr": "constrained"} if codec.encoder == "libopus" else {}
    encoder.open()
    return encoder


def _packets(encoder: Any, wave: Wave, rate: int, size: int) -> Iterator[Any]:
    import av

    form = encoder.format.name
    for start in range(0, wave.size, size):
        piece = wave[None, start : start + size]
        if form not in FLOATS:
            piece = np.clip(np.rint(piece * SHORT), -SHORT, SHORT).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), format=form, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield from encoder.encode(frame)
    yield from encoder.encode(None)


def _decoded(codec: Codec, rate: int, extradata: bytes | None, packets: Iterable[Any]) -> Iterator[Wave]:
    import av

    decoder: Any = av.CodecContext.create(codec.decoder, "r")
    decoder.sample_rate, decoder.layout, decoder.thread_count = rate, "mono", 1
    if extradata:
        decoder.extradata = extradata
    for packet in (*packets, None):
        for frame in decoder.decode(packet):
            piece = frame.to_ndarray().reshape(-1)
            yield piece.astype(np.float32) / (1.0 if piece.dtype.kind == "f" else np.float32(SHORT + 1.0))
