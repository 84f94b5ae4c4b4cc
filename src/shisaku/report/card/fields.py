"""Which questions a dataset card answers, in order; what nobody knows stays in it as a named hole."""

from __future__ import annotations

from dataclasses import dataclass

from shisaku.message import Message, say


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the card: its name in the record, its title, and its questions (key -> label)."""

    name: str
    title: Message
    fields: dict[str, Message]


SECTIONS = (
    Section("identity", say("Identity"), {
        "name": say("Name"), "version": say("Version"), "hash": say("Fingerprint of the content"),
        "date": say("Date"), "owner": say("Owner"), "contact": say("Contact"), "citation": say("How to cite"),
    }),
    Section("layer", say("Layer"), {
        "layer": say("Layer (general, task, domain)"), "reason": say("Why this layer"),
    }),
    Section("content", say("Content"), {
        "samples": say("Samples"), "modalities": say("Parts and their number"), "units": say("Sizes and units"),
        "sampling": say("Sampling rates"), "sync": say("Clocks, time spans and their tolerance"),
        "labels": say("Labels"), "languages": say("Languages of texts"),
        "left_out": say("What did not come in, and why"),
    }),
    Section("splits", say("Splits"), {
        "splits": say("Splits and their size"), "entity": say("Entity that never straddles a split"),
        "hash": say("Fingerprint of the split"), "leakage": say("Entities on both sides of a split"),
    }),
    Section("sources", say("Sources and rights"), {
        "origin": say("Where it came from"), "licences": say("Licences"), "evidence": say("Evidence of the licences"),
        "uses": say("Uses that all licences allow"), "conditions": say("Conditions"),
        "consent": say("Consent and purpose"),
    }),
    Section("personal", say("Personal data"), {
        "types": say("Kinds of personal data"), "level": say("Level, 0 to 4"), "method": say("How it was removed"),
        "risk": say("Measured risk that remains"), "attacks": say("Results of attacks"),
    }),
    Section("annotation", say("Annotation"), {
        "protocol": say("Protocol"), "who": say("Who annotated"), "per_item": say("Annotations per item"),
        "agreement": say("Agreement"), "noise": say("Known rate of wrong labels"),
    }),
    Section("synthetic", say("Synthetic part"), {
        "share": say("Share of made samples"), "generators": say("Generators, versions and parameters"),
        "parents": say("Made samples whose parents are known"), "depth": say("Generations"),
        "filters": say("Filters passed"), "source_type": say("Digital source types (IPTC)"),
        "marking": say("How made media are marked"),
    }),
    Section("quality", say("Quality"), {"metrics": say("Measures with estimator and interval")}),
    Section("bias", say("Bias"), {
        "attributes": say("Table of attributes"), "subgroups": say("Error by subgroup"),
        "corrections": say("Corrections"),
    }),
    Section("utility", say("Evidence that it helps"), {
        "protocol": say("Protocol"), "decision": say("Decision"), "effects": say("Effects with intervals"),
        "seeds": say("Seeds and budget"), "negative": say("Places where it did not help"),
    }),
    Section("cost", say("Cost"), {
        "data": say("Cost of the data"), "label": say("Cost of labelling"), "compute": say("Computing time"),
        "review": say("Cost of quality checks and review"),
    }),
    Section("kpi", say("Business measure"), {
        "mapping": say("Which business measure it serves"), "costs": say("Cost of errors"),
    }),
    Section("use", say("Use and limits"), {
        "intended": say("Intended uses"), "forbidden": say("Forbidden uses"), "limits": say("Limits"),
        "failure": say("What to do when it fails"),
    }),
    Section("maintenance", say("Maintenance"), {
        "plan": say("Who maintains it"), "expiry": say("Expiry"), "drift": say("Signs of drift to act on"),
        "changes": say("Change log"),
    }),
    Section("verification", say("Limits of verification"), {
        "simulated": say("What was simulated"), "proxy": say("What was measured by a stand-in"),
        "people": say("What needs people"),
    }),
)  # fmt: skip

KEYS = tuple(f"{section.name}.{key}" for section in SECTIONS for key in section.fields)
