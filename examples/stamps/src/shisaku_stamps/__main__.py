"""Fetch the pictures and say what is there: ``python -m shisaku_stamps [--data DIR]``."""

from __future__ import annotations

import argparse
import sys

from shisaku.errors import ShisakuError
from shisaku_stamps.reader import StampsReader


def main() -> int:
    """Print the counts that are measured on this data; returns the exit code of the error, if there is one."""
    parser = argparse.ArgumentParser(prog="shisaku_stamps", description="Fetch the pictures and count them.")
    parser.add_argument("--data", default="", metavar="DIR", help="folder with both packages' usr/share")
    reader = StampsReader(data_dir=parser.parse_args().data)
    try:
        for note in reader.notes():
            print(note)
    except ShisakuError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
