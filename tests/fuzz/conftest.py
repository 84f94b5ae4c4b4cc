"""Lets the fuzz tests use what the store's tests build their videos and DICOM files with."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "store"))
