"""What a person sees: progress with time left, tables, errors in their language; JSON alone on stdout when asked."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shisaku.core.progress import Progress, silent
from shisaku.errors import ShisakuError
from shisaku.message import Message, say

BEFORE_A_BAR_SHOWS = 2.0


def language() -> str:
    """Return ``ja`` or ``en`` from SHISAKU_LANG or the locale."""
    for name in ("SHISAKU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


def told(message: Message | Mapping[str, Any]) -> str:
    """Return a sentence in the user's language."""
    from shisaku.report.translate import translate

    return translate(message, language())


def as_json() -> bool:
    """Return whether this command was asked for JSON (known even when parsing the rest failed)."""
    return "--json" in sys.argv


def emit(value: Mapping[str, Any]) -> None:
    """Print the one JSON document of a command."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def deliver(value: Mapping[str, Any], *, json_wanted: bool, out: Path | None) -> bool:
    """Write the JSON of a command to `out` and print it, as asked for; return whether it was printed."""
    if out is not None:
        from shisaku.store.atomic import write_bytes

        write_bytes(out, (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode())
    if json_wanted:
        emit(value)
    return json_wanted


def fail(error: ShisakuError) -> int:
    """Print an error where and how it was asked for, and return its exit code."""
    if as_json():
        emit(error.to_json())
    else:
        from rich.console import Console
        from rich.markup import escape

        from shisaku.report.translate import error_text

        Console(stderr=True, soft_wrap=True).print(
            f"[bold red]{type(error).__name__}[/] {escape(error_text(error, language()))}", highlight=False
        )
    return error.exit_code


@contextmanager
def progress(json_wanted: bool = False) -> Iterator[Progress]:
    """Give a Progress that draws bars with time left on stderr once the work has taken two seconds."""
    if json_wanted or not sys.stderr.isatty():
        with _lines(quiet=json_wanted) as report:
            yield report
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    from rich.console import Console

    lock, tasks, began = threading.Lock(), {}, time.monotonic()
    with Bars(*columns, console=Console(stderr=True), transient=False) as bars:

        def report(what: str, done: int, total: int) -> None:
            with lock:
                if what not in tasks:
                    if time.monotonic() - began < BEFORE_A_BAR_SHOWS and done >= total:
                        return
                    tasks[what] = bars.add_task(what, total=total)
                bars.update(tasks[what], completed=done, total=total)

        yield report


@contextmanager
def _lines(quiet: bool) -> Iterator[Progress]:
    """Progress for logs: one line per stage and at most one every ten seconds, on stderr."""
    if quiet:
        yield silent
        return
    lock = threading.Lock()
    last: dict[str, float] = {}
    began: dict[str, float] = {}

    def report(what: str, done: int, total: int) -> None:
        now = time.monotonic()
        with lock:
            began.setdefault(what, now)
            if done < total and now - last.get(what, began[what] - 8) < 10:
                return
            last[what] = now
            spent = now - began[what]
            left = f", about {spent / done * (total - done):.0f} s left" if 0 < done < total else ""
            print(f"{what}: {done}/{total}{left}", file=sys.stderr, flush=True)

    yield report


def say_estimate(estimate: Mapping[str, Any]) -> None:
    """Print what work over a minute will cost before it starts."""
    minutes = estimate.get("minutes")
    if minutes is not None and minutes < 1 and not estimate.get("download_mb"):
        return
    costs = {"disk": estimate.get("disk_mb", 0), "download": estimate.get("download_mb", 0)}
    if minutes is None:
        known = estimate.get("known_minutes", 0)
        line = say(
            "Estimate: {known:.0f} min for what was measured here before, the rest not known before a first run; "
            "{disk:.0f} MB of disk, {download:.0f} MB of downloads", known=known, **costs,
        )  # fmt: skip
    else:
        line = say(
            "Estimate: {minutes:.0f} min, {disk:.0f} MB of disk, {download:.0f} MB of downloads",
            minutes=minutes, **costs,
        )  # fmt: skip
    print(told(line), file=sys.stderr, flush=True)


def print_description(found: Mapping[str, Any]) -> None:
    """Print what `describe` saw."""
    from rich.console import Console

    console = Console()
    for number, line in enumerate(found["lines"]):
        console.print(("  " if number else "") + told(line), markup=False, soft_wrap=True)
