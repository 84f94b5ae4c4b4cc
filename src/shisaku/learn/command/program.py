"""Runs the program of a learner: no shell, little of the environment, a time limit, and nothing of it stays behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shisaku.errors import DataError, MachineError
from shisaku.message import Message, say
from shisaku.store.atomic import disk_errors

# What a program needs to find itself, its language and its devices; secrets are elsewhere in the environment.
HANDED: Final = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
    "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "HIP_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES",
)  # fmt: skip
POOLS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
WORDS: Final = 2000  # bytes of its last words that an error repeats
MOST_WORDS: Final = 64_000_000  # bytes that it may write on stdout or stderr
LOOK: Final = 0.5  # seconds between looks at how much it wrote
NAMED: Final = 80  # characters of the arguments that an error repeats
OUT, ERR = "stdout.txt", "stderr.txt"
_LAUNCH: Final = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True)
class Program:
    """A list of arguments, in which ``{work}`` is the work folder and ``{python}`` the interpreter of shisaku.

    It starts in the work folder, with the variables of `HANDED` and those of `env`, `threads` threads for libraries
    that heed such a limit, and `timeout` seconds per call.
    """

    arguments: tuple[str, ...]
    timeout: float
    threads: int = 1
    env: tuple[str, ...] = ()

    def run(self, work: Path) -> None:
        """Run it to its end in `work`. Raises MachineError if it cannot be started, DataError if it did not end well.

        It and all it started in its process group are killed when the time is over, and on every other way out.
        """
        environment = self._environment()
        command = [one.replace("{python}", sys.executable).replace("{work}", str(work)) for one in self.arguments]
        if shutil.which(command[0], path=environment.get("PATH")) is None:
            raise MachineError(
                say("{program} is not on this machine", program=command[0]),
                where="learner",
                next=say("Install it, or give its full path"),
            )
        launched = [sys.executable, "-I", "-S", str(_LAUNCH), str(os.getpid()), *command]
        with ExitStack() as stack:
            with disk_errors(work):
                out, err = (stack.enter_context((work / name).open("wb")) for name in (OUT, ERR))
            process = stack.enter_context(
                subprocess.Popen(
                    launched,
                    cwd=work,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,
                )
            )
            try:
                wrong = self._waited(process, work)
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
        if wrong is not None:
            raise DataError(wrong, where=str(work), next=_advice(work))

    def _waited(self, process: subprocess.Popen[bytes], work: Path) -> Message | None:
        """Return why the program did not end well, None if it did."""
        end = time.monotonic() + self.timeout
        name = " ".join(Path(one).name for one in self.arguments)[:NAMED]
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return say("The program {program} was stopped: it did not finish within {seconds:g} s",
                           program=name, seconds=self.timeout)  # fmt: skip
            try:
                code = process.wait(timeout=min(left, LOOK))
            except subprocess.TimeoutExpired:
                code = None
            if _size(work) > MOST_WORDS:
                return say("The program {program} was stopped: it wrote more than {n} MB of messages",
                           program=name, n=MOST_WORDS // 1_000_000)  # fmt: skip
            if code is not None:
                return _ending(name, code)

    def _environment(self) -> Mapping[str, str]:
        handed = {name: os.environ[name] for name in (*HANDED, *self.env) if name in os.environ}
        # Without a fixed hash seed the order of a set, and so a training run, differs from call to call.
        return {"PYTHONHASHSEED": "0", **dict.fromkeys(POOLS, str(self.threads)), **handed}


def _ending(name: str, code: int) -> Message | None:
    if code == 0:
        return None
    if code < 0:
        return say("The program {program} was ended by signal {n}", program=name, n=-code)
    return say("The program {program} ended with exit code {n}", program=name, n=code)


def _size(work: Path) -> int:
    return max((work / name).stat().st_size for name in (OUT, ERR))


def _advice(work: Path) -> Message:
    for name in (ERR, OUT):
        with (work / name).open("rb") as file:
            file.seek(max(0, (work / name).stat().st_size - WORDS))
            words = file.read().decode(errors="replace").strip()
        if words:
            return say("Its last words, of {file}: {words}", file=name, words=words)
    return say("It printed nothing; its work folder is kept: run it there by hand")
