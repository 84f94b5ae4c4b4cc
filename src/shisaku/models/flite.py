"""CMU Flite as a program: small, fast, English, four voices of different quality."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unicodedata
from pathlib import Path

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.errors import DataError, MachineError, WeightsError
from shisaku.message import say
from shisaku.models.files import known_sha256
from shisaku.models.local import local_path, local_variable
from shisaku.models.roles import Wave
from shisaku.models.weights import find_weights

NAME = "flite"
VOICES = ("slt", "rms", "awb", "kal16")
SECONDS = 30.0
MAX_CHARACTERS = 2000
_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": ", ",
        "\u2026": "...",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
    }
)


def speakable(text: str) -> str:
    """Return the text in plain ASCII: typographic marks and accents made plain, symbols left out, spaces joined.

    Raises DataError if it has letters or digits that are not Latin (Japanese, Cyrillic), nothing to say, or
    more than 2000 characters.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    strange = sorted({c for c in plain if ord(c) > 127 and unicodedata.category(c)[0] in "LN"})
    if strange:
        raise DataError(
            say("This voice speaks English only and cannot say {letters}", letters="".join(strange[:10])),
            where=NAME,
            next=say("Give English text, or use a speaker of that language"),
        )
    words = " ".join("".join(c for c in plain if 32 <= ord(c) < 127 or c.isspace()).split())
    if not any(c.isalnum() for c in words):
        raise DataError(say("There is nothing to say in this text"), where=NAME, next=say("Give a text with words"))
    if len(words) > MAX_CHARACTERS:
        raise DataError(
            say("The text has {n} characters, more than {limit}", n=len(words), limit=MAX_CHARACTERS),
            where=NAME,
            next=say("Split it into sentences"),
        )
    return words


class FliteSpeaker:
    """Speaker: English, 16 kHz; same text and voice, same wave. Each call is a process with a time limit."""

    def __init__(self, local: Path | None = None) -> None:
        own = local_path(NAME, local)
        self.voices = VOICES
        self.languages = ("en",)
        if own is not None and own.is_file():
            self._program, self._libraries = own, None
            self.backend = f"{NAME}:{fingerprint(known_sha256(own))[:8]} (local) program"
        else:
            weights = find_weights(NAME, local)
            self._program, self._libraries = weights.path("bin/flite"), weights.path("lib")
            self.backend = f"{weights.label} program"

    def speak(self, text: str, voice: str) -> tuple[Wave, int]:
        """Return the wave in [-1, 1] and its rate in Hz.

        Raises DataError for a text or voice it cannot say, MachineError if flite fails or hangs.
        """
        if voice not in VOICES:
            raise DataError(
                say("There is no voice {voice}", voice=voice),
                where=NAME,
                next=say("The voices are {voices}", voices=", ".join(VOICES)),
            )
        words = speakable(text)
        with tempfile.TemporaryDirectory(prefix="shisaku-flite-") as folder:
            out = Path(folder) / "out.wav"
            self._run(words, voice, Path(folder), out)
            return _read(out)

    def _run(self, words: str, voice: str, folder: Path, out: Path) -> None:
        # the text goes through a file: a command line can be read by every user of the machine
        script = folder / "text.txt"
        script.write_text(words + "\n", encoding="ascii")
        command = [str(self._program), "-voice", voice, "-f", str(script), "-o", str(out)]
        try:
            done = subprocess.run(
                command, env=self._environment(), cwd=folder, capture_output=True, timeout=SECONDS, check=False
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
        if done.returncode != 0 or not out.is_file():
            cause = done.stderr.decode(errors="replace").strip()[-300:] or f"exit code {done.returncode}"
            raise MachineError(
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
