"""The command line: parse, call the api, print."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run ``shisaku``; every error of ours ends in its message and its exit code, never in a traceback."""
    # Many small fits and two worker processes: one thread each is several times faster than letting BLAS take all.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from shisaku.cli.app import app
    from shisaku.cli.show import fail
    from shisaku.errors import ShisakuError, StopRequestedError
    from shisaku.message import say

    try:
        app(prog_name="shisaku")
    except ShisakuError as error:
        sys.exit(fail(error))
    except KeyboardInterrupt:
        again = say("Run the same command again to go on from here")
        sys.exit(fail(StopRequestedError(say("Stopped by Ctrl-C"), next=again)))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except MemoryError:
        from shisaku.errors import MachineError

        sys.exit(fail(MachineError(say("Out of memory"), next=say("Try --preview N or a machine with more memory"))))
