"""The dozen functions that a user calls; the command line calls nothing else."""

from shisaku.api.atlas import (
    atlas_add,
    atlas_back_test,
    atlas_classify,
    atlas_compose,
    atlas_search,
    atlas_show,
)
from shisaku.api.auditing import audit
from shisaku.api.balancing import data_balance
from shisaku.api.caches import cache_clear, cache_list, cache_prune
from shisaku.api.card import data_card
from shisaku.api.case_list import cases, keep_case
from shisaku.api.checking import validate
from shisaku.api.checkup import doctor
from shisaku.api.export import augment
from shisaku.api.exporting import data_formats, export_data
from shisaku.api.forgetting import data_forget
from shisaku.api.gating.acts import gate_sign, gate_spend, gate_trigger
from shisaku.api.gating.blank import gate_form
from shisaku.api.gating.moves import gate_advance, gate_init, gate_rollback, gate_status, gate_update
from shisaku.api.gating.page import gate_page
from shisaku.api.ingesting import ingest
from shisaku.api.kitchen import run
from shisaku.api.many_runs import conditions
from shisaku.api.measuring import measure
from shisaku.api.next_data import next_offers, next_plan
from shisaku.api.origins import data_lineage, data_prov
from shisaku.api.page import write_report
from shisaku.api.planning import plan
from shisaku.api.poc_plan import plan_poc, poc_form
from shisaku.api.previewing import guard_preview
from shisaku.api.proof import Costs, calibrate, prove, prove_predictions, prove_recipe
from shisaku.api.purchases import next_bought, next_log, next_realised
from shisaku.api.repricing import worth
from shisaku.api.result import RunResult
from shisaku.api.shelf import list_ops
from shisaku.api.splitting import data_split
from shisaku.api.suggest import describe, init
from shisaku.api.versions import data_checkout, data_diff, data_log, data_show
from shisaku.api.weights import models_archives, models_bench, models_check, models_pull, models_status

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
    "cases",
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
    "gate_advance",
    "gate_form",
    "gate_init",
    "gate_page",
    "gate_rollback",
    "gate_sign",
    "gate_spend",
    "gate_status",
    "gate_trigger",
    "gate_update",
    "guard_preview",
    "ingest",
    "init",
    "keep_case",
    "list_ops",
    "measure",
    "models_archives",
    "models_bench",
    "models_check",
    "models_pull",
    "models_status",
    "next_bought",
    "next_log",
    "next_offers",
    "next_plan",
    "next_realised",
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
