"""A form is read whole or refused with everything wrong with it, each with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from shisaku.core.amount import Amount
from shisaku.core.poc_form import Held, PocForm
from shisaku.errors import RecipeError
from shisaku.registry.poc_load import is_form, load_form, parse_form
from shisaku.registry.poc_schema import PocShape, poc_json_schema
from shisaku.report.poc_blank import blank_form

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "poc").glob("*.yaml"))
TODAY = date(2026, 1, 5)
FORM = """\
poc:
  title: Scratches
  decides: whether it is scratched
  data: image
  labelled: {scratch: 40, fine: 200}
  positive: scratch
  positive_share: 0.02
  error_rate: [0.1, 0.2]
  expected_gain: [0, 0.05, 0.08]
  test: own
  currency: JPY
  error_cost: {missed: [3000, 9000], false_alarm: 50}
  items_per_year: 100000
  rollout: 1000000
  running: unknown
  prices: {label: 60, made: 5 JPY, check: "JPY 30", hour: "6,000 JPY"}
  hours: {setup: 10, look: 2}
  budget: 900,000 JPY
"""


def parse(text: str) -> PocForm:
    return parse_form(text, "form.yaml", TODAY)


def changed(old: str, new: str) -> str:
    assert old in FORM
    return FORM.replace(old, new)


def wrong(text: str) -> RecipeError:
    with pytest.raises(RecipeError) as caught:
        parse(text)
    assert caught.value.exit_code == 2
    assert caught.value.where == "form.yaml"
    assert caught.value.next is not None
    return caught.value


def test_a_form_is_what_it_says() -> None:
    form = parse(FORM)
    assert form.labelled == Held({"scratch": 40, "fine": 200})
    assert form.classes == ("scratch", "fine")
    assert form.expected_gain == Amount(0.0, 0.05, 0.08)
    assert form.error_rate == Amount(0.1, pytest.approx(0.15), 0.2, flat=True)
    assert form.worth.error_cost == {"missed": Amount.of(3000.0, 9000.0), "false_alarm": Amount.of(50.0)}
    assert form.worth.running is None
    assert (form.prices.made, form.prices.check, form.prices.hour) == tuple(map(Amount.of, (5.0, 30.0, 6000.0)))
    assert (form.budget, form.loss_cap, form.money) == (900_000.0, None, 900_000.0)
    assert parse(changed("  budget: 900,000 JPY", "  budget: 900000\n  loss_cap: 5000")).money == 5_000.0
    assert parse(changed("  budget: 900,000 JPY\n", "  budget:\n")).money is None
    assert parse(changed("{missed: [3000, 9000], false_alarm: 50}", "[100, 200]")).worth.error_cost == {
        "any": Amount.of(100.0, 200.0)
    }


def test_what_is_empty_or_unknown_is_not_there() -> None:
    form = parse(changed("positive_share: 0.02", "positive_share: 0.02\n  groups:\n  assumed:\n  deadline:\n  looks:"))
    assert (form.labelled.groups, form.deadline, form.looks) == (0, None, 2)
    assert parse(changed("[0.1, 0.2]", "unknown")).error_rate is None


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("test: own", "test: own\n  unlabeled: 3", 11, "There is no unlabeled here (did you mean unlabelled?)"),
        ("  title: Scratches\n", "", 1, "poc.title: It is missing"),
        ("data: image", "data: film", 4, "It must be 'image', 'audio' or 'text'"),
        ("scratch: 40", "scratch: -1", 5, "poc.labelled.scratch: It must be at least 0 (got -1)"),
        ("fine: 200", "fine: 2.5", 5, "poc.labelled.fine: It must be a whole number"),
        (", fine: 200", "", 5, "poc.labelled: With fewer than two classes"),
        ("positive: scratch", "positive: scrach", 6, "There is no class scrach (did you mean scratch?)"),
        ("  positive: scratch\n", "", 6, "Nothing says which class this is the share of"),
        ("positive_share: 0.02", "positive_share: 1.2", 7, "poc.positive_share: It must be at most 1"),
        ("positive_share: 0.02", "positive_share: 2 %", 7, "poc.positive_share: It must be a number (got 2 %)"),
        ("[0.1, 0.2]", "[0.2, 0.1]", 8, "A range rises"),
        ("[0.1, 0.2]", "[0.1, 0.2, 0.3, 0.4]", 8, "It must not have more than 3 entries"),
        ("[0.1, 0.2]", "[0.01, 0.02]", 8 + 1, "is more than all the errors there are today"),
        ("[0, 0.05, 0.08]", "unknown", 9, "It cannot be unknown"),
        ("[0, 0.05, 0.08]", ".nan", 9, "The number .nan is out of range"),
        ("[0, 0.05, 0.08]", "nan", 9, "It must be a number (got nan)"),
        ("[0, 0.05, 0.08]", "1.5", 9, "It must be less than 1"),
        ("test: own", "test: own\n  untouched: {fine: 3}", 11, "has no untouched set"),
        ("test: own", "test: untouched\n  untouched: {fien: 3}", 11, "There is no class fien (did you mean fine?)"),
        ("test: own", "test: own\n  groups: 999", 11, "999 groups of 240 items are not possible"),
        ("  currency: JPY\n", "", 1, "poc.currency: It is missing"),
        ("[3000, 9000]", "[-3000, 9000]", 12, "poc.error_cost.missed[0]: It must be at least 0"),
        (", false_alarm: 50", "", 12, "Give `missed` and `false_alarm`, both"),
        ("missed:", "any: 5, missed:", 12, "`any` is every error alike"),
        ("missed:", "mised:", 12, "There is no mised here (did you mean missed?)"),
        ("  positive_share: 0.02\n", "", 11, "how many are positive in use must be known"),
        ("items_per_year: 100000", "items_per_year: 0", 13, "poc.items_per_year: It must be greater than 0"),
        ("rollout: 1000000", "rollout: -5", 14, "poc.rollout: It must be at least 0"),
        ("made: 5 JPY", "made: 5 USD", 16, "5 USD is in USD, the form in JPY"),
        ("label: 60", "label: free", 16, "poc.prices.label: It must be a number (got free)"),
        ("label: 60, ", "", 16, "poc.prices.label: It is missing"),
        ("{setup: 10, look: 2}", "{setup: 10}", 17, "poc.hours.look: It is missing"),
        ("900,000 JPY", "-1", 18, "poc.budget: It must be at least 0"),
        ("900,000 JPY", "9000 EUR", 18, "9000 EUR is in EUR, the form in JPY"),
        ("  budget:", "  looks: 0\n  budget:", 18, "poc.looks: It must be at least 1 (got 0)"),
        ("  budget:", "  wanted: 1.0\n  budget:", 18, "poc.wanted: It must be less than 1"),
        ("  budget:", "  deadline: soon\n  budget:", 18, "It must be a date, as 2027-03-31 (got soon)"),
        ("  budget:", "  deadline: 2026-01-05\n  budget:", 18, "The deadline 2026-01-05 is not after today"),
        ("  budget:", "  labels_per_day: 9\n  budget:", 18, "is not known without a deadline"),
        ("  budget:", "  assumed: {lasting: 2}\n  budget:", 18, "poc.assumed.lasting: It must be at most 1"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_once_where_it_is(old: str, new: str, line: int, said: str) -> None:
    error = wrong(changed(old, new))
    told = [str(problem) for problem in error.problems]
    assert len(told) == 1, told
    assert said in told[0]
    assert told[0].startswith(f"line {line}: "), told[0]


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    text = changed("positive: scratch", "positive: scrach").replace("label: 60", "label: -60")
    text = text.replace("[0.1, 0.2]", "[0.2, 0.1]").replace("900,000 JPY", "1 USD") + "  refuse: maybe\n  nonsense: 3\n"
    error = wrong(text)
    lines = [problem.line for problem in error.problems]
    assert lines == [6, 8, 16, 18, 19, 20]
    assert str(error).splitlines()[0] == "form.yaml: The form has 6 problem(s)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "It is empty"),
        ("   \n# nothing\n", "It is empty"),
        ("poc: [1, 2", "It is not YAML"),
        ("\tpoc: 1", "A tab cannot indent"),
        ("- poc", "The top must be a mapping"),
        ("poc: 3\n", "It must be a mapping"),
        ("poc:\n", "It must be a mapping"),
        ("other: 3\n", "poc: It is missing"),
        (FORM + "name: mine\n", "There is no name here (a form holds `poc` alone"),
        ("poc: {title: &a x, decides: *a}\n", "Aliases"),
        ("poc: {title: x, title: y}\n", "The key title appears twice"),
        ("poc: {title: 'a\x07'}", "is not allowed"),
    ],
)
def test_what_is_no_form_is_refused_in_plain_words(text: str, said: str) -> None:
    error = wrong(text)
    assert said in str(error)
    assert "form" in str(error).splitlines()[0]
    assert "recipe cannot" not in str(error)


def test_a_form_is_told_from_a_recipe_whatever_else_is_wrong_with_it(tmp_path: Path) -> None:
    def written(text: str) -> Path:
        path = tmp_path / "x.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    assert is_form(written(FORM))
    assert is_form(written('# a form\n"poc" : [1, 2'))
    assert is_form(written("\ufeffpoc:\n"))
    assert not is_form(written("schema: 1\nname: poc\ndata: {poc: 1}\n"))
    assert not is_form(written("name: x\n  poc: 1\n"))
    assert not is_form(tmp_path / "missing.yaml")
    with pytest.raises(RecipeError, match="The form cannot be read"):
        load_form(tmp_path / "missing.yaml", TODAY)
    with pytest.raises(RecipeError, match="The form cannot be read"):
        load_form(tmp_path, TODAY)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_good_and_say_that_they_are_invented(path: Path) -> None:
    assert load_form(path, TODAY).worth.illustrative


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_empty_form_has_every_key_once_and_asks_for_what_is_missing(lang: str) -> None:
    text = blank_form(lang)  # type: ignore[arg-type]
    lines = [line for line in text.splitlines() if ":" in line.partition("#")[0] and not line.startswith("poc")]
    assert all("# " in line for line in lines), "every entry has a comment"
    keys = yaml.safe_load(text)["poc"]
    assert set(keys) == {info.alias or name for name, info in PocShape.model_fields.items()}
    missing = {problem.path for problem in wrong(text).problems}
    assert missing == {
        "poc.title", "poc.decides", "poc.data", "poc.labelled", "poc.expected_gain", "poc.currency",
        "poc.prices.label", "poc.prices.made", "poc.prices.check", "poc.prices.hour", "poc.hours.setup",
        "poc.hours.look",
    }  # fmt: skip
    filled = {**keys, **yaml.safe_load(FORM)["poc"]}
    assert parse(yaml.safe_dump({"poc": filled}, sort_keys=False)) == parse(FORM)


def test_the_schema_takes_the_examples_and_refuses_what_the_reader_refuses() -> None:
    from jsonschema import Draft202012Validator

    schema = poc_json_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for path in EXAMPLES:
        told = yaml.safe_load(path.read_text("utf-8"))
        told["poc"] = {key: value for key, value in told["poc"].items() if value not in (None, "unknown")}
        assert not list(validator.iter_errors(told)), path
        assert list(validator.iter_errors({"poc": {**told["poc"], "wanted": 2}}))
        assert list(validator.iter_errors({"poc": {**told["poc"], "nonsense": 2}}))
