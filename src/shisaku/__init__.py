"""shisaku: makes prototype data for small real multimodal datasets and proves whether it is worth it.

The dozen functions a user calls; everything heavy loads when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shisaku.api import (
        Costs,
        RunResult,
        atlas_add,
        atlas_back_test,
        atlas_classify,
        atlas_compose,
        atlas_search,
        atlas_show,
        audit,
        augment,
        cache_clear,
        cache_list,
        cache_prune,
        calibrate,
        conditions,
        data_balance,
        data_card,
        data_checkout,
        data_diff,
        data_forget,
        data_formats,
        data_lineage,
        data_log,
        data_prov,
        data_show,
        data_split,
        describe,
        doctor,
        export_data,
        guard_preview,
        ingest,
        init,
        list_ops,
        measure,
        models_archives,
        models_bench,
        models_check,
        models_pull,
        models_status,
        plan,
        plan_poc,
        poc_form,
        prove,
        prove_predictions,
        prove_recipe,
        run,
        validate,
        worth,
        write_report,
    )

__version__ = "0.1.0"
__all__ = [
    "Costs",
    "RunResult",
    "atlas_add",
    "atlas_back_test",
    "atlas_classify",
    "atlas_compose",
    "atlas_search",
    "atlas_show",
    "audit",
    "augment",
    "cache_clear",
    "cache_list",
    "cache_prune",
    "calibrate",
    "conditions",
    "data_balance",
    "data_card",
    "data_checkout",
    "data_diff",
    "data_forget",
    "data_formats",
    "data_lineage",
    "data_log",
    "data_prov",
    "data_show",
    "data_split",
    "describe",
    "doctor",
    "export_data",
    "guard_preview",
    "ingest",
    "init",
    "list_ops",
    "measure",
    "models_archives",
    "models_bench",
    "models_check",
    "models_pull",
    "models_status",
    "plan",
    "plan_poc",
    "poc_form",
    "prove",
    "prove_predictions",
    "prove_recipe",
    "run",
    "validate",
    "worth",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("shisaku.api"), name)
    raise AttributeError(f"module 'shisaku' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
