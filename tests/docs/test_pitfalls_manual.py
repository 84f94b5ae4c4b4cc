"""The page on pitfalls names tests and alarms that exist, eighteen of them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| (\d+) \|(.+)\|$", (ROOT / "docs/pitfalls.md").read_text("utf-8"), re.M)


def test_every_pitfall_has_its_test_and_its_alarms() -> None:
    tests = "".join(path.read_text("utf-8") for path in sorted((ROOT / "tests/lab").glob("test_pitfall_*.py")))
    source = "".join(path.read_text("utf-8") for path in sorted((ROOT / "src/shisaku/lab").rglob("*.py")))
    assert [int(number) for number, _ in ROWS] == list(range(1, 19))
    for number, row in ROWS:
        cells = row.split("|")
        named = re.findall(r"`(test_pitfall_\w+)`", cells[-1])
        assert len(named) == 1
        assert named[0].startswith(f"test_pitfall_{int(number):02d}_")
        assert f"def {named[0]}(" in tests
        for code in re.findall(r"`(\w+)`", cells[-2]):
            assert f'"{code}"' in source, code
