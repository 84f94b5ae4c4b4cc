"""In a real browser, from file://, under the page's own policy. Optional: runs where Chromium is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from report_material import make_run
from test_hostile_text import ATTACKS, hostile_run

from shisaku.report.render import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --virtual-time-budget=8000 --enable-logging=stderr --dump-dom"
)


def opened(page: Path, fragment: str, profile: Path) -> tuple[str, str]:
    """Return the page's document after its scripts ran, and what the browser logged."""
    command = [str(CHROMIUM), *FLAGS.split(), f"--user-data-dir={profile}", f"{page.as_uri()}#{fragment}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_charts_are_drawn_in_the_language_asked_for(tmp_path: Path, lang: str) -> None:
    page = write_report(make_run(tmp_path / "run"))
    document, log = opened(page, lang, tmp_path / "profile")
    drawn = re.findall(r'<div class="chart (\w+)[^"]*"[^>]*data-drawn="yes"[^>]*>\s*<svg', document)
    assert len(drawn) > 4
    assert set(drawn) == {lang}
    assert f'<html lang="{lang}" data-lang="{lang}">' in document
    assert not log


def test_hostile_text_does_not_run(tmp_path: Path) -> None:
    page = write_report(hostile_run(tmp_path / "run", ATTACKS[1] + ATTACKS[4]))
    document, log = opened(page, "en", tmp_path / "profile")
    assert "<title>pwned" not in document
    assert "Refused to execute" not in log
    assert "data-drawn" in document
