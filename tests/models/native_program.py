"""A program that reads aloud, for tests: a tone as long as its text. See the options."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("-f", "-o", "--voice", "--speed", "--mood", "--mark"):
        parser.add_argument(name, default="")
    told = parser.parse_args()
    text = Path(told.f).read_text() if told.f else sys.stdin.read()
    if told.mark:
        Path(told.mark).write_text(repr((sorted(os.environ), os.getpgrp() == os.getpid(), os.getcwd())))
    if "fail" in text:
        print("I cannot say that", file=sys.stderr)
        return 3
    if "hang" in text:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        Path(told.mark).write_text(str(child.pid))
        time.sleep(60)
    if "silent" in text:
        return 0
    if "rubbish" in text:
        Path(told.o).write_bytes(b"no sound at all")
        return 0
    pitch = 100 + 10 * len(told.voice)
    tone = np.sin(np.arange(int(400 * len(text) / float(told.speed or 1))) * pitch / 8000) * 16_000
    with wave.open(told.o, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(tone.astype("<i2").tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
