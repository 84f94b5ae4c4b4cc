"""In a real browser, from file://, under the page's own policy. Optional: runs where Chromium is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from chain_material import make_chain_run
from report_material import make_run
from test_hostile_text import ATTACKS, hostile_chain_run, hostile_run

from shisaku.report.render import write_report
from shisaku.store.run import Run

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
@pytest.mark.parametrize("make", [make_run, make_chain_run])
def test_charts_are_drawn_in_the_language_asked_for(tmp_path: Path, make: Callable[[Path], Run], lang: str) -> None:
    page = write_report(make(tmp_path / "run"))
    document, log = opened(page, lang, tmp_path / "profile")
    drawn = re.findall(r'<div class="chart (\w+)[^"]*"[^>]*data-drawn="yes"[^>]*>\s*<svg', document)
    assert len(drawn) == page.read_text(encoding="utf-8").count('class="chart ' + lang) > 0
    assert set(drawn) == {lang}
    assert f'<html lang="{lang}" data-lang="{lang}">' in document
    assert not log


@pytest.mark.parametrize("make", [hostile_run, hostile_chain_run])
def test_hostile_text_does_not_run(tmp_path: Path, make: Callable[[Path, str], Run]) -> None:
    page = write_report(make(tmp_path / "run", ATTACKS[1] + ATTACKS[4]))
    document, log = opened(page, "en", tmp_path / "profile")
    assert "<title>pwned" not in document
    assert "Refused to execute" not in log
    assert "data-drawn" in document
