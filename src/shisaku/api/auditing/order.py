"""What one call of `audit` was asked for, and the run it writes into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from shisaku.core.identity import fingerprint
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe, Source

if TYPE_CHECKING:
    from shisaku.auditing.detector import Level
    from shisaku.auditing.plan import Contents
    from shisaku.lab.harm import Harm
    from shisaku.store.limits import Limits
    from shisaku.store.run import Run


@dataclass(frozen=True, slots=True)
class Order:
    """Where the data are, how they are read, and how deep to look.

    `source` is what a recipe says of `reader`; with `against` it reads another dataset beside the audited one.
    `harm` is done to training parts to see what it costs in predicting `label`.
    """

    path: Path
    source: Source
    reader: Any
    limits: Limits
    level: Level
    against: bool = False
    profile: Path | None = None
    out: Path | None = None
    workers: int = 2
    seed: int = 0
    progress: Progress = silent
    harm: Harm | Literal[""] = ""
    label: str = ""

    def recipe(self, contents: Contents) -> Recipe:
        """Return the recipe of the detectors that can read these data. Raises RecipeError."""
        from shisaku.auditing.detector import detectors, up_to
        from shisaku.auditing.plan import audit_recipe

        name = f"audit-{self.level}-{self.path.resolve().stem}"
        return audit_recipe(name, self.source, up_to(self.level, detectors(self.profile)), contents, self.seed)

    def opened(self, recipe: Recipe, data: str) -> Run:
        """Return the run of `recipe` over the data with the fingerprint `data`. Raises MachineError."""
        from shisaku.registry.dump import dump_recipe, recipe_fingerprint
        from shisaku.store.run import Run

        mark = fingerprint(recipe_fingerprint(recipe), data)
        folder = self.out or Path("runs") / f"{recipe.name}-{mark[:8]}"
        return Run.create(folder, recipe_text=dump_recipe(recipe), recipe_fingerprint=mark)
