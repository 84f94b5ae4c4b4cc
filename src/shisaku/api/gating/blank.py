"""A form to fill in: every class, dataset and generator of the runs has its line, and no figure is made up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.lab.stages.facts import RunFacts

SHOWN = 40
ROLES = {"poc": ["owner"], "fine_tune": ["owner"], "pilot": ["owner", "quality"], "scale": []}


def gate_form(
    runs: Sequence[str | Path] = (), *, studies: Sequence[str] = (), out: str | Path | None = None, lang: str = "en"
) -> dict[str, Any]:
    """Return a form for runs, and write it to `out`; what a person must say is left empty, so it is refused as it is.

    Its notes are in `lang` (en, ja). Raises RecipeError where `out` is there already, DataError for a folder that is no
    run, MachineError.
    """
    from shisaku.errors import RecipeError
    from shisaku.lab.stages.facts import RunFacts
    from shisaku.report.translate import translate
    from shisaku.store.atomic import write_bytes

    laid = [RunFacts.from_json(_facts(Path(run).expanduser())) for run in runs]
    text = "".join(
        f"# {translate(line, lang)}\n" if isinstance(line, Message) else f"{line}\n" for line in _lines(laid, studies)
    )
    if out is not None:
        place = Path(out).expanduser()
        if place.exists():
            raise RecipeError(say("There is a file already"), str(place), say("Give `--out` another file"))
        write_bytes(place, text.encode())
    return {"text": text, "out": str(out) if out is not None else None}


def _facts(run: Path) -> dict[str, Any]:
    from shisaku.api.gating.facts import read_facts
    from shisaku.store.run import Run

    return read_facts(Run.open(run), run.name, ())


def _lines(runs: Sequence[RunFacts], studies: Sequence[str]) -> Iterator[Message | str]:
    from shisaku.lab.stages.facts import studies_of

    found = [study for _, study in studies_of(runs, studies)]
    classes = sorted({name for study in found for name in study.classes})
    yield say("Fill in every empty place; then: shisaku gate init THIS_FORM RUN")
    yield from ("schema: 1", 'title: ""')
    yield say("All money of this form is in one currency; `illustrative: true` marks it as nobody's figures")
    yield 'money: {currency: "", illustrative: false}'
    yield f"studies: {_list(dict.fromkeys(study.name for study in found))}"
    yield f"classes: {_list(classes)}"
    yield from _gates(runs)
    yield from _stages()
    yield from _responses(classes)
    yield from _register()
    names = {name for run in runs for name in run.datasets} | {name for study in found for name in study.generators}
    yield from _people(sorted(names) or [""])


def _gates(runs: Sequence[RunFacts]) -> Iterator[Message | str]:
    yield say("What the runs must show of the data: the whole interval has to lie on the right side of the limit")
    yield say("Findings with an interval: {names}", names=_some({f"{r['step']}/{r['name']}" for run in runs
                                                                for r in run.findings}))  # fmt: skip
    yield say("Steps that call samples an issue: {names}", names=_some({row["step"] for run in runs
                                                                       for row in run.issues}))  # fmt: skip
    yield "gates:"
    yield '  diversity: [{metric: "", least: }]'
    yield '  labels: [{metric: "", issues: }]'


def _stages() -> Iterator[Message | str]:
    yield say("What must be shown to leave each stage, the most it may lose, in units, and the roles that sign")
    yield say(
        "figure: gain, safety, score, money, missed, errors ...; or metric: STEP; or document: and at: (docs/gates.md)"
    )
    yield "stages:"
    for stage, roles in ROLES.items():
        yield f"  {stage}:"
        if roles:
            yield "    kpi: [{figure: gain, least: }]"
            yield f"    sign: {_list(roles)}"
        yield "    budget: {cap: , units: {unit 1: , unit 2: }}"


def _responses(classes: Sequence[str]) -> Iterator[Message | str]:
    yield say("Who does what about each error, at what cost for one, in place by when; `any` is any other class")
    yield say("`review`: the system gives no answer and a person decides")
    yield "responses:" if classes else "responses: []"
    rest = 'owner: "", action: "", cost: , deadline: '
    for name in classes:
        yield f"  - {{truth: {_word(name)}, answer: any, {rest}}}"
    if classes:
        yield f"  - {{truth: any, answer: review, {rest}}}"


def _register() -> Iterator[Message | str]:
    yield say("Each risk with a sign that can be measured, a limit (above or below), and the stage it goes back to")
    yield "risks:"
    yield '  - {name: "", mitigation: "", owner: "", trigger: {figure: "", owner: "", above: , back_to: poc}}'
    yield say("What is watched in the field, from the pilot on")
    yield "watch:"
    for name, limit in (("drift", "above"), ("kpi", "below"), ("safety", "above")):
        yield f'  {name}: {{figure: "", owner: "", {limit}: , back_to: fine_tune}}'


def _people(names: Sequence[str]) -> Iterator[Message | str]:
    from shisaku.lab.stages.form import DUTIES

    yield say("For every dataset and every generator: purpose, consent, misuse, who is affected, who answers")
    yield "ethics:"
    for name in names:
        yield f"  - of: {_list([name])}"
        yield from (f'    {key}: ""' for key in ("purpose", "consent", "misuse", "affected", "answers"))
    yield say("Who does it, what it is, and since when it is in place (`done: 2027-03-31`)")
    yield "organisation:"
    for duty in DUTIES:
        yield f'  {duty}: {{who: "", what: ""}}'


def _word(text: str) -> str:
    """Return a text as YAML takes it, quoted whatever it holds."""
    return json.dumps(text, ensure_ascii=False)


def _list(names: Any) -> str:
    return f"[{', '.join(_word(name) for name in names)}]"


def _some(names: set[str]) -> str:
    found = sorted(names)
    return (", ".join(found[:SHOWN]) + (" …" if len(found) > SHOWN else "")).replace("\n", " ") or "-"
