"""The seam between what is to be cooked and who cooks it: one method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shisaku.core.dataset import Dataset
from shisaku.core.drop import Drop
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe
from shisaku.store.cache import StepCache
from shisaku.store.run import Run


class Engine(Protocol):
    """Engines differ in where and how fast they cook, never in what comes out."""

    def cook(
        self,
        recipe: Recipe,
        dataset: Dataset,
        run: Run,
        *,
        cache: StepCache,
        preview: int | None = None,
        progress: Progress = silent,
        earlier_drops: Sequence[Drop] = (),
    ) -> None:
        """Cook every step and keep-rule of `recipe` over `dataset`, and leave streams and tables in `run`.

        What is in `cache` is not made again. `preview` takes only that many samples per selection and label.
        `earlier_drops` are what reading the data dropped. Raises RecipeError, DataError, MachineError, and
        StopRequestedError when it was interrupted: the run is then ``partial`` and can be gone on with.
        """
        ...
