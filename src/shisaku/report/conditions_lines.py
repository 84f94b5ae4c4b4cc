"""What was found over many runs, as sentences: every outcome in the same words and the same place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shisaku.message import Message, say

Row = Mapping[str, Any]

WORDS = {
    "helped": say("helped"),
    "hurt": say("hurt"),
    "not shown": say("not shown"),
    "helps": say("helps"),
    "hurts": say("hurts"),
    "carries over": say("carries over"),
    "fails": say("fails"),
    "ABSTAIN": say("ABSTAIN"),
}
PLACES = {"same": say("same"), "derived": say("derived"), "external": say("external")}
AXES = {"modality": say("modality"), "place": say("place")}


def finder_lines(found: Row) -> Iterator[Message]:
    """Return what the condition finder says, with its figures and its calibration."""
    finder, outcomes = found["finder"], found["outcomes"]
    yield say(
        "{cells} cells on {datasets} datasets: {helped} helped, {hurt} hurt, {open} not shown",
        cells=len(found["cells"]),
        datasets=len(found["datasets"]),
        helped=outcomes["helped"],
        hurt=outcomes["hurt"],
        open=outcomes["not shown"],
    )
    yield Message.from_json(finder["reason"])
    if finder["net_gain"] is None:
        return
    yield say("The rule adopts {n} of {of} cells", n=finder["adopted"], of=len(found["cells"]))
    for name, key in (
        (say("always adopting against never"), "always_adopt"),
        (say("the rule against always adopting"), "above_always"),
    ):
        yield say(
            "{name}: {mean:+.2f} points a cell [{low:+.2f}, {high:+.2f}]",
            name=name,
            **{end: 100 * finder[key][end] for end in ("mean", "low", "high")},
        )
    for row in finder["calibration"]:
        yield calibration_line(row)


def calibration_line(row: Row) -> Message:
    """Return one line of predicted against seen."""
    figures = {key: row[key] for key in ("predicted", "seen", "cells", "datasets")}
    if row["low"] is None:
        return say(
            "predicted {predicted:.2f}, seen {seen:.2f} ({cells} cells of {datasets} datasets, too few to bound it)",
            **figures,
        )
    return say(
        "predicted {predicted:.2f}, seen {seen:.2f} [{low:.2f}, {high:.2f}] ({cells} cells of {datasets} datasets)",
        **figures,
        low=row["low"],
        high=row["high"],
    )


def cell_line(row: Row) -> Message:
    """Return one cell; what helped, hurt and was not shown are said alike."""
    return say(
        "{dataset}, {study}, {domain}: {technique} ({arm}), {n:.0f} real per class, ratio {ratio}: {effect:+.1f} "
        "points [{low}, {high}] {outcome}",
        **{key: row[key] for key in ("dataset", "study", "domain", "technique", "arm")},
        n=row["per_class"],
        ratio=ratio_text(row["ratio"]),
        effect=100 * row["effect"],
        low=end_text(row["low"]),
        high=end_text(row["high"]),
        outcome=WORDS[row["outcome"]],
    )


def crossing_line(row: Row) -> Message:
    """Return one field of the matrix."""
    return say(
        "{technique}, {modality}, {place}: {effect:+.1f} [{low}, {high}] on {datasets} datasets "
        "({cells} cells): {says}",
        **{key: row[key] for key in ("technique", "modality", "datasets", "cells")},
        place=PLACES[row["place"]],
        effect=100 * row["effect"],
        low=end_text(row["low"]),
        high=end_text(row["high"]),
        says=WORDS[row["says"]],
    )


def transfer_line(row: Row) -> Message:
    """Return one rule that was carried across."""
    about = {key: row[key] for key in ("source", "target", "learnt_on", "datasets", "adopted", "cells")}
    about["axis"] = AXES[row["axis"]]
    if row["net"] is None:
        return say(
            "{axis}: {source} to {target}: ABSTAIN (learnt on {learnt_on} datasets, tested on {datasets}; three and "
            "three are needed)",
            **about,
        )
    return say(
        "{axis}: {source} to {target}: {net:+.2f} [{low}, {high}], learnt on {learnt_on} datasets, tested on "
        "{datasets}, {adopted} of {cells} cells adopted: {says}",
        **about,
        net=100 * row["net"],
        low=end_text(row["low"], 2),
        high=end_text(row["high"], 2),
        says=WORDS[row["says"]],
    )


def end_text(value: float | None, digits: int = 1) -> str:
    """Return an end of an interval in points; an open one, or none, is a dash."""
    return "–" if value is None else f"{100 * value:+.{digits}f}"


def ratio_text(ratio: float | None) -> str:
    """Return synthetic items per real one."""
    return "–" if ratio is None else f"{ratio:.2g}"
