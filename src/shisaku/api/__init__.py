"""The dozen functions that a user calls; the command line calls nothing else."""

from shisaku.api.checking import validate
from shisaku.api.export import augment
from shisaku.api.kitchen import run
from shisaku.api.measuring import measure
from shisaku.api.page import write_report
from shisaku.api.proof import Costs, calibrate, prove, prove_predictions
from shisaku.api.result import RunResult
from shisaku.api.shelf import list_ops
from shisaku.api.suggest import describe, init
from shisaku.api.weights import models_check, models_pull, models_status

__all__ = [
    "Costs",
    "RunResult",
    "augment",
    "calibrate",
    "describe",
    "init",
    "list_ops",
    "measure",
    "models_check",
    "models_pull",
    "models_status",
    "prove",
    "prove_predictions",
    "run",
    "validate",
    "write_report",
]
