"""The card as Croissant 1.1 with the RAI vocabulary, in JSON-LD.

Sources: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html and croissant-rai-spec.html (RAI 1.0).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shisaku.message import Message
from shisaku.report.card.card import Card
from shisaku.report.card.rows import NUMBERS, Table

CONFORMS = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
NOT_RECORDED = "Not recorded"
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

# RAI property -> the answers of the card that it holds.
RAI: dict[str, tuple[str, ...]] = {
    "dataCollection": ("sources.origin",),
    "dataCollectionType": ("synthetic.share",),
    "dataCollectionMissingData": ("content.left_out",),
    "dataCollectionRawData": ("sources.origin",),
    "dataImputationProtocol": (),
    "dataManipulationProtocol": ("synthetic.generators",),
    "dataPreprocessingProtocol": ("content.units", "content.sampling"),
    "dataAnnotationProtocol": ("annotation.protocol",),
    "dataAnnotationPlatform": (),
    "dataAnnotationAnalysis": ("annotation.agreement", "annotation.noise"),
    "annotationsPerItem": ("annotation.per_item",),
    "annotatorDemographics": ("annotation.who",),
    "machineAnnotationTools": ("synthetic.generators",),
    "dataBiases": ("bias.attributes", "bias.subgroups", "bias.corrections"),
    "personalSensitiveInformation": ("personal.types", "personal.level", "personal.method", "personal.risk"),
    "dataUseCases": ("use.intended", "sources.uses"),
    "dataSocialImpact": ("use.failure",),
    "dataReleaseMaintenancePlan": ("maintenance.plan", "maintenance.changes"),
}


def croissant(card: Card, table: Table) -> dict[str, Any]:
    """Return the JSON-LD document; its one record set reads `table`, which lies beside it."""
    values = card.values
    held = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS),
        "name": re.sub(r"[^\w .-]+", "_", card.name) or "dataset",
        "description": _description(card),
        "license": list(values.get("sources.licences", {})) or None,
        "version": _version(values.get("identity.version")),
        "datePublished": values.get("identity.date"),
        "creator": {"@type": "sc:Organization", "name": str(values["identity.owner"])}
        if "identity.owner" in values
        else None,
        "citeAs": _line(values["identity.citation"]) if "identity.citation" in values else None,
        "isLiveDataset": False,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": table.file,
                "name": table.file,
                "description": "One row a sample; of media and texts only the fingerprints of their content",
                "contentUrl": table.file,
                "contentSize": f"{table.size} B",
                "encodingFormat": "application/x-parquet",
                "sha256": table.sha256,
            }
        ],
        "recordSet": [_records(table)],
        **_rai(card),
    }
    return {key: value for key, value in held.items() if value is not None}


def _records(table: Table) -> dict[str, Any]:
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"records/{name}",
            "name": name,
            "description": what,
            "dataType": "sc:Integer" if name in NUMBERS else "sc:Text",
            "source": {"fileObject": {"@id": table.file}, "extract": {"column": name}},
        }
        for name, what in table.columns.items()
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": "records",
        "name": "records",
        "key": {"@id": "records/id"},
        "field": fields,
    }


def _rai(card: Card) -> dict[str, Any]:
    told = {name: [_line(card.values[key]) for key in keys if key in card.values] for name, keys in RAI.items()}
    limits = [_line(card.values[key]) for key in ("use.limits", "use.forbidden") if key in card.values]
    holes = f"Not known about this dataset: {', '.join(card.holes)}"
    return {
        **{f"rai:{name}": "; ".join(lines) or NOT_RECORDED for name, lines in told.items()},
        "rai:dataLimitations": "; ".join([*limits, holes]),
    }


def _description(card: Card) -> str:
    parts, share = card.values.get("content.modalities", {}), card.values["synthetic.share"]
    return f"{card.values.get('content.samples', 0)} samples: {_line(parts)}. Made samples: {_line(share)}."


def _version(number: Any) -> str:
    """Return a version as Croissant wants it: MAJOR.MINOR.PATCH; versions of a dataset home count majors."""
    return f"{number}.0.0" if isinstance(number, int) else str(number or "0.0.0")


def _line(value: Any) -> str:
    """Return an answer as one line of English."""
    if isinstance(value, Message):
        return str(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_line(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_line, value))
    return str(value)
