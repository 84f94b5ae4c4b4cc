"""Templates: what they may hold, what they say, and what is drawn."""

from __future__ import annotations

import pickle
from collections import Counter

import pytest
from ops_material import one, reason, samples

from shisaku.core.sample import Part, Sample
from shisaku.ops.text.template import Template

SLOTS = {"lighting": {"dim": 2, "bright": 1}, "device": ["phone", "camera"]}
PROMPT = "a photo of {{ labels['class'] }}, {{ lighting }} light, {{ device | upper }}"


def said(text: str, **labels: str) -> Sample:
    return Sample("t", {"caption": Part.from_text(text, "en")}, labels)


def test_a_template_is_filled_and_the_draws_are_kept() -> None:
    child = one(Template(template=PROMPT, slots=SLOTS), said("A frog.", **{"class": "frog"}))
    lighting, device = child.facts["slot:lighting"], child.facts["slot:device"]
    assert child.parts["prompt"].text == f"a photo of frog, {lighting} light, {device.upper()}"
    assert child.parts["caption"].text == "A frog."


def test_slots_are_drawn_by_their_weights() -> None:
    op = Template(template=PROMPT, slots=SLOTS)
    drawn = Counter(one(op, said("x", **{"class": "c"}), seed).facts["slot:lighting"] for seed in range(600))
    assert drawn["dim"] / 600 == pytest.approx(2 / 3, abs=0.07)
    assert set(drawn) == {"dim", "bright"}


def test_the_plain_template_is_the_text_itself() -> None:
    child = one(Template(), said("Fish & <chips>", thing="x"))
    assert child.parts["prompt"] == Part.from_text("Fish & <chips>", "en")
    assert child.facts == {}


def test_parts_labels_facts_and_tables_can_be_named() -> None:
    template = "{{ text }}|{{ reworded }}|{{ table.kind }}|{% for word in ['a', 'b'] %}{{ word }}{% endfor %}|{{ id }}"
    op = Template(template=template, texts=("reworded",), tables=("table",))
    assert op.reads_parts() == {"caption": "text", "reworded": "text", "table": "table"}
    assert one(op, samples()[0]).parts["prompt"].text == "A frog.|This is A frog.|k0|ab|s0"


def test_parts_that_are_not_named_are_not_asked_for() -> None:
    op = Template(template="{{ labels.thing }}", texts=("reworded",))
    assert op.reads_parts() == {}
    assert one(op, Sample("t", {}, {"thing": "frog"})).parts["prompt"].text == "frog"


@pytest.mark.parametrize(
    ("template", "named"),
    [
        ("{{ nope }}", "nope"),
        ("{{ caption }}", "caption"),
        ("{{ text.upper() }}", "Call"),
        ("{{ ''.__class__ }}", "_"),
        ("{% set x = 1 %}{{ x }}", "Assign"),
        ("{% macro a() %}{% endmacro %}", "Macro"),
        ("{% include 'x' %}", "Include"),
        ("{% block a %}{% endblock %}", "Block"),
        ("{{ 9 * 9 }}", "Mul"),
        ("{{ 9 ** 9 }}", "Pow"),
        ("{{ '%99d' % 1 }}", "Mod"),
        ("{{ text | random }}", "random"),
        ("{{ text | attr('x') }}", "attr"),
        ("{{ range(9) }}", "Call"),
        ("{{ self }}", "self"),
        ("{{ lipsum }}", "lipsum"),
        ("{{ _left }}", "_left"),
        ("{% for a in text %}{% for b in text %}{% for c in text %}{% endfor %}{% endfor %}{% endfor %}", "2 deep"),
        ("{{ text", "line 1"),
        ("x" * 20_001, "20000 characters"),
    ],
)
def test_what_a_template_must_not_hold_is_refused_when_it_is_built(template: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Template(template=template)


@pytest.mark.parametrize(
    ("op", "text", "why"),
    [
        (Template(template="{{ labels.nope }}"), "x", "nope"),
        (Template(template="{{ text['__class__'] }}"), "x", "unsafe"),
        (Template(template="{% for a in text %}{% endfor %}"), "x" * 1001, "1000 turns"),
        (Template(template="{% for a in text %}{% for b in text %}{% endfor %}{% endfor %}"), "x" * 40, "1000 turns"),
        (Template(template="{{ text }}{{ text }}", longest=15), "x" * 10, "more than 15"),
        (Template(longest=5), "x" * 6, "more than 5"),
        (Template(template="{{ text | join(text) }}"), "x" * 900, "too long"),
        (Template(template="{% if false %}x{% endif %}"), "x", "empty"),
        (Template(template="{{ text + 1 }}"), "x", "cannot be filled"),
    ],
)
def test_a_sample_that_cannot_fill_it_fails_with_a_reason(op: Template, text: str, why: str) -> None:
    assert why in reason(op, said(text))


def test_text_of_a_sample_is_never_read_as_a_template() -> None:
    assert one(Template(), said("{{ labels }} {% for %}")).parts["prompt"].text == "{{ labels }} {% for %}"


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"slots": {"a b": ["x"]}}, "a b"),
        ({"slots": {"light": []}}, "light"),
        ({"slots": {"light": "dim"}}, "light"),
        ({"slots": {"light": {"dim": -1}}}, "light"),
        ({"slots": {"light": {"dim": 0}}}, "light"),
        ({"slots": {"text": ["x"]}}, "text"),
        ({"texts": ("labels",)}, "labels"),
        ({"longest": 0}, "longest"),
    ],
)
def test_bad_parameters_are_named(params: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Template(**params)  # type: ignore[arg-type]


def test_a_template_travels_between_processes() -> None:
    op = Template(template=PROMPT, slots=SLOTS)
    again = pickle.loads(pickle.dumps(op))
    sample = said("A frog.", **{"class": "frog"})
    assert one(again, sample) == one(op, sample)


def test_rounding_and_joining_stay_small() -> None:
    op = Template(template="{{ 1.26 | round(1) }} {{ 2.5 | round(999999999) }} {{ ['a', 'b'] | join('-') }}")
    assert one(op, said("x")).parts["prompt"].text == "1.3 2.5 a-b"
