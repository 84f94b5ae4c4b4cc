"""Results of studies in the plain form that a run keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from shisaku.core.study import StudyResult


def verdict_record(results: Sequence[StudyResult]) -> dict[str, Any]:
    """Return ``verdict.json`` (schema 1); `overall` is the first study's, null where there is no study."""
    return {
        "schema": 1,
        "overall": results[0].overall if results else None,
        "verdicts": [verdict.to_json() for result in results for verdict in result.verdicts],
    }


def study_records(results: Sequence[StudyResult]) -> list[dict[str, Any]]:
    """Return ``studies.json``: the first line, alarms, details and frozen plan of every study."""
    return [
        {
            "name": result.name,
            "overall": result.overall,
            "headline": result.headline.to_json(),
            "alarms": [alarm.to_json() for alarm in result.alarms],
            "detail": {**result.detail, "costs": [dict(row) for row in result.costs]},
            "plan": dict(result.plan),
        }
        for result in results
    ]


def study_tables(results: Sequence[StudyResult]) -> dict[str, list[dict[str, Any]]]:
    """Return the tables that every interval can be computed from again."""
    return {
        "arm_scores": [asdict(row) for result in results for row in result.arm_scores],
        "predictions": [asdict(row) for result in results for row in result.predictions],
        "per_class": [dict(row) for result in results for row in result.per_class],
        "out_of_fold": [dict(row) for result in results for row in result.out_of_fold],
        "class_scores": [
            {**row, "scores": json.dumps(row["scores"])} for result in results for row in result.class_scores
        ],
    }
