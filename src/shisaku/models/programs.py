"""Running pip and apt as what they are: programs that can hang, fail or be missing."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from shisaku.errors import MachineError, WeightsError
from shisaku.message import Message, say

_NO_NETWORK = (
    "failed to establish a new connection",
    "name resolution",
    "could not resolve",
    "temporary failure resolving",
    "network is unreachable",
    "connection timed out",
    "connection refused",
    "cannot initiate the connection",
)


def run_download(command: Sequence[str], what: str, folder: Path, seconds: float, advice: Message) -> str:
    """Run a download command in `folder` and return what it printed.

    Raises WeightsError with the last lines of its output if it fails, times out or is missing,
    and MachineError if the disk is full.
    """
    try:
        code, output = _run(command, folder, seconds)
    except FileNotFoundError as error:
        what_lacks = say("{program} is not on this machine", program=command[0])
        raise WeightsError(what_lacks, where=what, next=advice) from error
    except subprocess.TimeoutExpired as error:
        raise WeightsError(
            say("{program} did not finish within {seconds:.0f} s", program=command[0], seconds=seconds),
            where=what,
            next=say("Check the network and pull again; files that are already there are kept"),
        ) from error
    if code != 0:
        raise download_failure(output, what, folder, advice)
    return output


def _run(command: Sequence[str], folder: Path, seconds: float) -> tuple[int, str]:
    # a session of its own, so that the programs that apt and pip start end with them
    with subprocess.Popen(
        list(command),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, output.decode(errors="replace")


def download_failure(output: str, what: str, folder: Path, advice: Message) -> MachineError:
    """Return the error that the output of a failed download tells: full disk, no network, or its last words."""
    low = output.lower()
    if "no space left on device" in low:
        advice = say("Free some space, or set {variable} to a folder on another disk", variable="SHISAKU_CACHE")
        return MachineError(say("The disk is full"), where=str(folder), next=advice)
    if any(sign in low for sign in _NO_NETWORK):
        return WeightsError(say("The registry cannot be reached"), where=what, next=advice)
    return WeightsError(say("The download failed: {cause}", cause=_last_lines(output)), where=what, next=advice)


def _last_lines(text: str) -> str:
    # notices and warnings of pip come after its error and say nothing about the cause
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if line.lower().startswith(("error", "e:"))]
    return " | ".join((telling or lines)[-2:])[-500:]
