"""Lineage of a run and of a dataset home: the tree, and PROV that other libraries read."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from typer.testing import CliRunner

from shisaku.api import data_lineage, data_prov
from shisaku.cli.app import app
from shisaku.core.policy import Policy
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.core.sample import Part, Sample
from shisaku.engine.local import LocalEngine
from shisaku.errors import DataError
from shisaku.store.cache import StepCache
from shisaku.store.datasets import SampleList, write_dataset
from shisaku.store.home import commit, writing
from shisaku.store.lineage import records
from shisaku.store.run import Run

# Both libraries still call what rdflib has replaced.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
PROV = Namespace("http://www.w3.org/ns/prov#")
TERMS = Namespace("urn:shisaku:terms:")
RECIPE = Recipe(
    "lineage",
    Source("folder", {"path": "."}),
    seed=3,
    policy=Policy(),
    steps=(
        Step("noisy", "text.classical", ("data",), rounds=2, params={"text": "caption", "noise": 0.5}),
        Step("framed", "text.frame", ("noisy",), params={"text": "caption", "write": "sentence"}),
        Step("told", "text.reword", ("framed",), params={"text": "caption", "write": "caption"}),
        Step("words", "text.embed", ("told",), params={"text": "caption", "model": "char_ngrams"}),
    ),
)
REAL = [Sample(f"cat {n}/%", {"caption": Part.from_text(f"a grey cat number {n}", "en")}) for n in range(3)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = tmp_path_factory.mktemp("run")
    made = Run.create(place / "run", recipe_text="", recipe_fingerprint="x")
    LocalEngine().cook(RECIPE, SampleList(REAL), made, cache=StepCache(place / "cache"))
    made.finish("done")
    return made


def test_the_tree_of_a_run_goes_up_to_the_real_and_down_to_the_last(run: Run) -> None:
    found = data_lineage(run.path, "cat 1/%/noisy.1")
    assert found["parents"] == {"cat 1/%/noisy.1": ["cat 1/%"], "cat 1/%": []}
    below = found["children"]["cat 1/%/noisy.1"]
    assert below == ["cat 1/%/noisy.1/told.0"]
    trace = found["samples"]["cat 1/%/noisy.1"]["made_by"]
    assert (trace["op"], trace["seed"], trace["round"], trace["policy"]) == ("text.classical", 3, 1, "on-prem")
    assert found["samples"]["cat 1/%"]["made_by"] == {}
    below = data_lineage(run.path, "cat 1/%")["children"]
    assert len(below) == 1 + 2 + 2, "two rounds through two steps that make children"


def test_the_tree_is_printed(run: Run) -> None:
    done = CliRunner().invoke(app, ["data", "lineage", str(run.path), "cat 1/%/noisy.1"])
    assert done.exit_code == 0
    lines = " ".join(done.stdout.split())
    for word in ("text.classical 1: step noisy, seed 3, round 1, policy on-prem", "cat 1/%/noisy.1/told.0"):
        assert word in lines
    assert done.stdout.index("cat 1/%  generation 0") > done.stdout.index("comes from")
    as_json = CliRunner().invoke(app, ["data", "lineage", str(run.path), "cat 1/%", "--json"])
    assert json.loads(as_json.stdout)["id"] == "cat 1/%"


def test_prov_has_an_entity_for_every_sample_and_a_derivation_for_every_parent(run: Run, tmp_path: Path) -> None:
    told = data_prov(run.path, tmp_path / "run.jsonld")
    graph = Graph().parse(tmp_path / "run.jsonld", format="json-ld")
    found = records(run.path)
    samples = set(graph.subjects(RDF.type, TERMS.Sample))
    assert len(samples) == len(found) == told["samples"] == 3 + 3 * 2 * 2
    assert samples <= set(graph.subjects(RDF.type, PROV.Entity))
    derived = list(graph.subject_objects(PROV.wasDerivedFrom))
    assert len(derived) == told["derivations"] == sum(len(one.parents) for one in found.values())
    works = set(graph.subjects(RDF.type, PROV.Activity))
    assert len(works) == 4, "two rounds of one step, one of each of the others"
    agents = set(graph.subjects(RDF.type, PROV.SoftwareAgent))
    assert len(agents) == 3
    for sample, one in ((URIRef(f"urn:shisaku:sample:{quote(key, safe='')}"), one) for key, one in found.items()):
        assert graph.value(sample, TERMS.depth) == Literal(one.depth)
        work = graph.value(sample, PROV.wasGeneratedBy)
        assert (work is None) == (one.depth == 0)
        if work is not None:
            assert work in works
            assert graph.value(sample, PROV.wasAttributedTo) in agents
            assert set(graph.objects(sample, PROV.wasDerivedFrom)) <= set(graph.objects(work, PROV.used))
            assert set(graph.objects(work, PROV.wasAssociatedWith)) <= agents
            assert graph.value(work, TERMS.policy) == Literal("on-prem")
    parts = set(graph.subjects(RDF.type, TERMS.Part))
    codes = {str(graph.value(p, URIRef("http://iptc.org/std/Iptc4xmpExt/2008-02-29/DigitalSourceType"))) for p in parts}
    assert len(parts) == 3 * 2 * 3, "a part is an entity where it was made, not where it was handed on"
    assert codes == {"http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"}


def test_prov_opens_with_the_prov_library(run: Run, tmp_path: Path) -> None:
    from prov.model import ProvDerivation, ProvDocument, ProvEntity

    data_prov(run.path, tmp_path / "run.jsonld")
    turtle = Graph().parse(tmp_path / "run.jsonld", format="json-ld").serialize(format="turtle")
    document = ProvDocument.deserialize(content=turtle, format="rdf", rdf_format="turtle")
    found = records(run.path)
    named = {str(entity.identifier.uri) for entity in document.get_records(ProvEntity)}
    assert {f"urn:shisaku:sample:{quote(key, safe='')}" for key in found} <= named
    assert len(list(document.get_records(ProvDerivation))) == sum(len(one.parents) for one in found.values())


def test_a_home_and_a_dataset_know_the_same(run: Run, tmp_path: Path) -> None:
    samples = [sample for name in ("data", "noisy") for sample in run.stream(name)]
    with writing(tmp_path / "home") as home:
        commit(home, SampleList(samples))
    write_dataset(tmp_path / "flat", samples)
    assert records(tmp_path / "home") == records(tmp_path / "flat")
    found = data_lineage(tmp_path / "home", "cat 2/%")
    assert found["children"]["cat 2/%"] == ["cat 2/%/noisy.0", "cat 2/%/noisy.1"]


def test_a_part_that_a_view_added_has_a_trace_of_its_own(tmp_path: Path) -> None:
    trace = {"op": "pairs.caption", "version": 1, "models": {"net": "0123"}, "step": "said", "params": {}}
    facts = {"made_by:caption": json.dumps(trace), "caption_digital_source_type": "trainedAlgorithmicMedia"}
    write_dataset(tmp_path / "data", [Sample("a", {"caption": Part.from_text("a photo")}, facts=facts)])
    data_prov(tmp_path / "data", tmp_path / "out.jsonld")
    graph = Graph().parse(tmp_path / "out.jsonld", format="json-ld")
    (part,) = graph.subjects(RDF.type, TERMS.Part)
    assert graph.value(part, PROV.wasAttributedTo) == URIRef("urn:shisaku:model:net%3A0123")
    assert graph.value(part, PROV.specializationOf) == URIRef("urn:shisaku:sample:a")
    assert graph.value(URIRef("urn:shisaku:sample:a"), PROV.wasGeneratedBy) is None, "the sample is real"
    shown = CliRunner().invoke(app, ["data", "lineage", str(tmp_path / "data"), "a"]).stdout
    assert "caption <- pairs.caption" in shown


def test_damaged_lineage_is_survived(tmp_path: Path) -> None:
    samples = [
        Sample("a", {"t": Part.from_text("x")}, parents=("b",), depth=1, facts={"made_by": "{not json"}),
        Sample("b", {"t": Part.from_text("y")}, parents=("a", "gone"), depth=1, facts={"made_by": '{"models": 3}'}),
    ]
    write_dataset(tmp_path / "data", samples)
    assert set(data_lineage(tmp_path / "data", "a")["parents"]) == {"a", "b", "gone"}
    done = CliRunner().invoke(app, ["data", "lineage", str(tmp_path / "data"), "a"])
    assert "not in this dataset" in done.stdout
    data_prov(tmp_path / "data", tmp_path / "out.jsonld")
    assert len(set(Graph().parse(tmp_path / "out.jsonld", format="json-ld").subjects(RDF.type, PROV.Entity))) == 3


def test_an_unknown_id_and_an_empty_folder_are_told(run: Run, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no record with the id"):
        data_lineage(run.path, "dog")
    with pytest.raises(DataError, match="neither a dataset nor a run"):
        data_lineage(tmp_path, "dog")
