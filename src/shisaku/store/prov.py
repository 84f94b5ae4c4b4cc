"""Lineage as W3C PROV in JSON-LD, so that any linked-data tool reads it.

Terms: https://www.w3.org/TR/prov-o/ (PROV-O); the digital source type is the property of the IPTC Photo Metadata
Standard. Every record is a ``prov:Entity`` and a ``shisaku:Sample``; a part that was made is an entity of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from shisaku.core.identity import fingerprint
from shisaku.store.lineage import Known
from shisaku.store.marks import VOCABULARY

TERMS: Final = "urn:shisaku:terms:"
CONTEXT: Final = {
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "shisaku": TERMS,
    "digitalSourceType": {"@id": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/DigitalSourceType", "@type": "@id"},
    **{
        name: {"@id": f"prov:{name}", "@type": "@id"}
        for name in ("wasGeneratedBy", "wasDerivedFrom", "wasAttributedTo", "wasAssociatedWith", "used")
    },
    "partOf": {"@id": "prov:specializationOf", "@type": "@id"},
    **{name: f"shisaku:{name}" for name in ("depth", "licence", "consent", "kind", "part", "params")},
    **{name: f"shisaku:{name}" for name in ("op", "version", "seed", "step", "round", "policy", "prompt", "weights")},
    "label": "rdfs:label",
}

ABOUT_WORK: Final = ("op", "version", "seed", "step", "round", "policy", "prompt")

Node = dict[str, Any]


def prov_lines(found: Mapping[str, Known]) -> Iterator[str]:
    """Yield the lines of a JSON-LD document, one node a line, so that nothing big is held twice in memory."""
    yield '{"@context": ' + _told(CONTEXT) + ', "@graph": ['
    before = ""
    for node in _nodes(found):
        yield before + _told(node)
        before = ","
    yield "]}"


def _nodes(found: Mapping[str, Known]) -> Iterator[Node]:
    works = _Works()
    for one in found.values():
        yield _sample(one, works)
        yield from _parts(one, works, [found[parent] for parent in one.parents if parent in found])
    # A parent that is not in this dataset still is an entity that something was derived from.
    outside = {parent for one in found.values() for parent in one.parents} - found.keys()
    yield from ({"@id": _iri("sample", parent), "@type": "prov:Entity"} for parent in sorted(outside))
    yield from works.nodes()


def _sample(one: Known, works: _Works) -> Node:
    node: Node = {
        "@id": _iri("sample", one.id),
        "@type": ["prov:Entity", "shisaku:Sample"],
        "label": one.id,
        "depth": one.depth,
        "licence": one.licence,
        "consent": one.consent,
    }
    if one.parents:
        node["wasDerivedFrom"] = [_iri("sample", parent) for parent in one.parents]
    return {**node, **works.made(one.made_by, one.parents)}


def _parts(one: Known, works: _Works, parents: Sequence[Known]) -> Iterator[Node]:
    """Yield the parts that were made with this record; those handed down are entities of the parent."""
    written = one.made_by.get("digital_source_type")
    own = set(written) if isinstance(written, dict) else set()
    handed_down = {name for parent in parents for name in (*parent.added, *parent.types)} - own
    for name in sorted({*one.added, *one.types} - handed_down):
        node: Node = {
            "@id": f"{_iri('sample', one.id)}:part:{quote(name, safe='')}",
            "@type": ["prov:Entity", "shisaku:Part"],
            "partOf": _iri("sample", one.id),
            "part": name,
            "kind": one.parts.get(name, ""),
        }
        if one.types.get(name, "").isascii() and one.types.get(name, "").isalpha():
            node["digitalSourceType"] = VOCABULARY + one.types[name]
        maker = works.made(one.made_by, one.parents) if name in own else works.made(one.added.get(name, {}), (one.id,))
        yield {**node, **maker}


@dataclass
class _Works:
    """The activities and agents met on the way; an activity is one step in one round."""

    activities: dict[str, Node] = field(default_factory=dict)
    agents: dict[str, Node] = field(default_factory=dict)
    used: dict[str, dict[str, None]] = field(default_factory=dict)

    def made(self, trace: Mapping[str, Any], sources: tuple[str, ...]) -> Node:
        """Note who made something from `sources`, and return what its entity says of that."""
        if not trace:
            return {}
        work = {name: value for name, value in trace.items() if name != "digital_source_type"}
        key = _iri("activity", fingerprint(json.dumps(work, sort_keys=True)))
        op, models = self._agents(work)
        if key not in self.activities:
            node: Node = {"@id": key, "@type": "prov:Activity", "label": f"{work.get('step')} ({work.get('op')})"}
            node |= {name: work[name] for name in ABOUT_WORK if name in work}
            node |= {"params": _told(work.get("params", {})), "wasAssociatedWith": [op, *models]}
            self.activities[key] = node
        self.used.setdefault(key, {}).update(dict.fromkeys(sources))
        return {"wasGeneratedBy": key, "wasAttributedTo": models or [op]}

    def _agents(self, work: Mapping[str, Any]) -> tuple[str, list[str]]:
        op = _iri("op", f"{work.get('op')}:{work.get('version')}")
        held = work.get("models")
        held = held if isinstance(held, dict) else {}
        models = {_iri("model", f"{name}:{digest}"): (name, digest) for name, digest in held.items()}
        kind = ["prov:Agent", "prov:SoftwareAgent"]
        self.agents[op] = {"@id": op, "@type": kind, "label": str(work.get("op")), "version": work.get("version")}
        for key, (name, digest) in models.items():
            self.agents[key] = {"@id": key, "@type": kind, "label": str(name), "weights": digest}
        return op, list(models)

    def nodes(self) -> Iterator[Node]:
        """Yield the activities with all that they used, and the agents."""
        for key, node in self.activities.items():
            yield {**node, "used": [_iri("sample", source) for source in self.used[key]]}
        yield from self.agents.values()


def _iri(what: str, name: str) -> str:
    return f"urn:shisaku:{what}:{quote(name, safe='')}"


def _told(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
