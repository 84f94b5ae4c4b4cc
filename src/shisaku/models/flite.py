"""CMU Flite as a program: small, fast, English; also the sounds it would give to a word."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shisaku.errors import MachineError, WeightsError
from shisaku.message import say
from shisaku.models.local import local_variable
from shisaku.models.roles import Wave
from shisaku.models.speakable import speakable
from shisaku.models.speech_cache import kept_speech
from shisaku.models.voices import FLITE, check_speech, names_of
from shisaku.models.weights import find_weights

NAME = FLITE
SECONDS = 30.0
VOICE_OF_LETTERS = "slt"


class FliteSpeaker:
    """Speaker: English, kal at 8 kHz and the others at 16 kHz; same text and voice, same wave.

    Each call is a process with a time limit; what was said before comes from the speech cache.
    """

    def __init__(self, local: Path | None = None) -> None:
        weights = find_weights(NAME, local)
        self.voices = names_of(NAME)
        self.languages = ("en",)
        self.backend = f"{weights.label} program"
        self._program = weights.path(weights.hashes[0][0])
        self._libraries = weights.path("lib") if len(weights.hashes) > 1 else None
        self._fingerprint = weights.fingerprint

    def speak(self, text: str, voice: str, *, language: str = "en", speed: float = 1.0) -> tuple[Wave, int]:
        """Return the wave in [-1, 1] and its rate in Hz.

        Raises DataError for a text, voice or language it cannot say, MachineError if flite fails or hangs.
        """
        check_speech(NAME, voice, language, speed)
        words = speakable(text)
        return kept_speech(self._fingerprint, words, voice, speed, lambda: self.say(words, voice, speed))

    def say(self, words: str, voice: str, speed: float = 1.0) -> tuple[Wave, int]:
        """Return the wave of a plain (ASCII) text, made anew, and its rate in Hz. Raises what `speak` raises."""
        stretch = [] if speed == 1.0 else ["--setf", f"duration_stretch={1 / speed:.4f}"]
        with tempfile.TemporaryDirectory(prefix="shisaku-flite-") as folder:
            out = Path(folder) / "out.wav"
            self._run(words, Path(folder), ["-voice", voice, *stretch, "-o", str(out)])
            if not out.is_file():
                raise self._failed("exit code 0")
            return _read(out)

    def segments(self, word: str) -> list[str]:
        """Return the sounds of a word in ARPAbet, unstressed, by flite's dictionary and letter-to-sound rules.

        Raises what `speak` raises.
        """
        with tempfile.TemporaryDirectory(prefix="shisaku-flite-") as folder:
            printed = self._run(speakable(word), Path(folder), ["-voice", VOICE_OF_LETTERS, "-ps", "-o", "none"])
        return printed.split()

    def _run(self, words: str, folder: Path, options: Sequence[str]) -> str:
        # the text goes through a file: a command line can be read by every user of the machine
        script = folder / "text.txt"
        script.write_text(words + "\n", encoding="ascii")
        try:
            done = subprocess.run(
                [str(self._program), "-f", str(script), *options],
                env=self._environment(),
                cwd=folder,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise MachineError(
                say("flite did not finish within {seconds:.0f} s", seconds=SECONDS),
                where=NAME,
                next=say("Give a shorter text"),
            ) from error
        except OSError as error:
            raise WeightsError(
                say("flite cannot be started: {cause}", cause=str(error)),
                where=str(self._program),
                next=say("Install flite and set {variable} to the program", variable=local_variable(NAME)),
            ) from error
        if done.returncode != 0:
            raise self._failed(done.stderr.decode(errors="replace").strip()[-300:] or f"exit code {done.returncode}")
        return done.stdout.decode(errors="replace")

    def _failed(self, cause: str) -> MachineError:
        return MachineError(
            say("flite failed: {cause}", cause=cause),
            where=str(self._program),
            next=say("Install flite and set {variable} to the program", variable=local_variable(NAME)),
        )

    def _environment(self) -> dict[str, str]:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        if self._libraries is not None:
            environment["LD_LIBRARY_PATH"] = str(self._libraries)
        return environment


def _read(path: Path) -> tuple[Wave, int]:
    import soundfile

    try:
        wave, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise MachineError(
            say("flite wrote no readable sound: {cause}", cause=str(error)),
            where=NAME,
            next=say("Check that the disk of the temporary folder is not full"),
        ) from error
    return np.ascontiguousarray(wave.mean(axis=1)), int(rate)
