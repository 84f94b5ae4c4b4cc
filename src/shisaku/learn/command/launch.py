"""Becomes the program that it is told, after asking the kernel to end it when shisaku is gone, however it went.

Run as a file, without site packages: ``python -I -S launch.py PARENT PROGRAM ARGUMENT...``. Linux ends the
program itself (prctl(2), PR_SET_PDEATHSIG); elsewhere a killed shisaku leaves it running.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
CANNOT_START = 127


def become(parent: int, command: list[str]) -> None:
    """Turn this process into `command`; end it with 127 and a word on stderr where that is impossible."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # it went before it could be asked about
            sys.exit(CANNOT_START)
    try:
        os.execvp(command[0], command)  # noqa: S606 - the program that was allowed, as it was given
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(CANNOT_START)


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
