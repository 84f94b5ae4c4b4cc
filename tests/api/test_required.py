"""A study whose data are not shown to be good enough trains nothing, says why, and its page opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_material import class_folder

from shisaku.api import run
from shisaku.errors import RecipeError

RECIPE = """\
schema: 1
name: gated
data: {{reader: table, with: {{path: "{path}/about.csv", licence: own, label: class, image: image, text: caption}}}}
steps:
  - {{name: quality, op: image.visual_quality, from: data, with: {{issue_below: {below}}}}}
studies:
  - name: first
    label: class
    real: data
    feature: {{op: text.embed, with: {{model: char_ngrams, text: text}}}}
    domains: [{{name: own, kind: resplit}}]
    primary: own
    arms: [{{name: real}}, {{name: twice, oversample: 2}}]
    comparators: [real]
    contrasts: [twice]
    splits: 4
    requires: [{requires}]
"""


def recipe(tmp_path: Path, requires: str, below: float = 1.0) -> Path:
    folder = class_folder(tmp_path / "in", each=10)
    lines = ["image,class,caption"]
    for name in sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png")):
        lines.append(f"{name},{name.split('/')[0]},{name.replace('/', ' ')}")
    (folder / "about.csv").write_text("\n".join(lines))
    file = tmp_path / "gated.yaml"
    file.write_text(RECIPE.format(path=folder, below=below, requires=requires))
    return file


@pytest.mark.parametrize(
    ("requires", "said"),
    [("{metric: quality, issues: 0.05}", "are issues; at most 5.0% may be"), ("{kpi: true}", "is an illustration")],
)
def test_one_requirement_alone_blocks(tmp_path: Path, requires: str, said: str) -> None:
    done = run(recipe(tmp_path, requires), out=tmp_path / "run")
    assert done.overall == "ABSTAIN"
    assert done.verdicts == ()
    assert "nothing was trained" in done.headline
    page = done.report.read_text(encoding="utf-8")
    assert said in page


def test_what_is_met_does_not_stand_in_the_way(tmp_path: Path) -> None:
    done = run(recipe(tmp_path, "{metric: quality, issues: 0.9}", below=0.0), out=tmp_path / "run")
    assert len(done.verdicts) == 1


@pytest.mark.parametrize(
    "requires", ["{metric: nobody, issues: 0.1}", "{metric: quality}", "{metric: quality, kpi: true}"]
)
def test_a_requirement_that_asks_nothing_is_refused(tmp_path: Path, requires: str) -> None:
    file = recipe(tmp_path, requires)
    with pytest.raises(RecipeError, match="recipe has 1 problem"):
        run(file, out=tmp_path / "run")
