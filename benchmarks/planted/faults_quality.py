"""Pictures that look bad: blurred, noisy or too dark ones against the judge of visual quality."""

from __future__ import annotations

from dataclasses import replace

from planted.faults_image import FAULTS as OF_PICTURES

KINDS = ("blur", "noise", "under-exposure")

FAULTS = [
    replace(fault, profile="image.visual_quality", n=200)
    for fault in OF_PICTURES
    if fault.name in {f"{kind} in {of}" for kind in KINDS for of in ("photos", "stamps")}
]
