"""A model in a folder, opened when it is first asked: what all roles have in common."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.errors import DataError, MachineError, WeightsError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask, Role
from shisaku.models.openai.shown import part_of
from shisaku.models.torch_local.folder import Folder
from shisaku.models.torch_local.libraries import torch_library
from shisaku.models.torch_local.settings import Settings

# What the libraries raise about one input (too long, a shape they cannot take) or a folder that is not what it seems.
FAULTS: Final = (RuntimeError, ValueError, IndexError, KeyError, TypeError, AttributeError)
SAID: Final = 300
# The models share one processor or device, and some of them its random state: one at a time.
_TURN = threading.RLock()


@dataclass(frozen=True, slots=True)
class Item:
    """One ask made ready. Only items of one `shape` are answered together."""

    ask: Ask
    shape: Hashable
    inputs: Any = None


class Resident(ABC):
    """A generator in a folder. An ask's answer hangs on the ask and the model alone (see `Settings.batch`)."""

    def __init__(self, role: Role, back_end: BackEnd, folder: Folder, settings: Settings) -> None:
        self.backend = f"{folder.path.name} ({folder.architecture} in a local folder)"
        self._role = role
        self._name = back_end.name
        self._folder = folder
        self._settings = settings
        self._opened = False

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return one answer for every ask, in their order. Raises WeightsError where the folder cannot be opened."""
        with _TURN, torch_library().inference_mode():
            if asks and not self._opened:
                self._begin()
            return self._answered(asks)

    def _answered(self, asks: Sequence[Ask]) -> list[Answer]:
        return self._settled([self._prepared(ask, self._prepare) for ask in asks])

    def _settled(self, made: Sequence[Item | Failure]) -> list[Answer]:
        answers: dict[int, Answer] = {place: one for place, one in enumerate(made) if isinstance(one, Failure)}
        for places in self._batches({place: one for place, one in enumerate(made) if isinstance(one, Item)}):
            items = [one for one in (made[place] for place in places) if isinstance(one, Item)]
            answers |= dict(zip(places, self._safely(items), strict=True))
        return [answers[place] for place in range(len(made))]

    @abstractmethod
    def _open(self) -> None:
        """Read the model from its folder. Raises what the libraries raise."""

    @abstractmethod
    def _prepare(self, ask: Ask) -> Item:
        """Return what the model needs for one ask. Raises DataError."""

    @abstractmethod
    def _run(self, items: Sequence[Item]) -> list[Answer]:
        """Return the answers to items of one shape. Raises DataError."""

    def _begin(self) -> None:
        try:
            # Some models draw the weights that are then read over them.
            with torch_library().random.fork_rng(devices=[]):
                self._open()
        except (*FAULTS, OSError, ImportError) as error:
            raise WeightsError(
                say("{architecture} cannot be opened as a {role}: {cause}", architecture=self._folder.architecture,
                    role=self._role, cause=_cause(error)),
                where=str(self._folder.path),
                next=say("Check the folder with the libraries themselves, or say `task`"),
            ) from error  # fmt: skip
        self._opened = True

    def _prepared(self, ask: Ask, make: Callable[[Ask], Item]) -> Item | Failure:
        try:
            for name in ask.parts:
                part_of(ask.sample, name)
            return make(ask)
        except DataError as error:
            return Failure(error.what)
        except FAULTS as error:
            return self._failed(error)

    def _batches(self, items: dict[int, Item]) -> Iterator[list[int]]:
        by_shape: dict[Hashable, list[int]] = {}
        for place, item in items.items():
            by_shape.setdefault(item.shape, []).append(place)
        size = self._settings.batch
        for places in by_shape.values():
            yield from (places[start : start + size] for start in range(0, len(places), size))

    def _safely(self, items: Sequence[Item]) -> list[Answer]:
        """Run a batch; if it fails, run its items one by one, so that one of them costs the others nothing."""
        try:
            return self._run(items)
        except DataError as error:
            alone: Answer = Failure(error.what)
        except torch_library().OutOfMemoryError as error:
            if len(items) == 1:
                raise MachineError(
                    say("The memory of the device is too small for {model}", model=self._name),
                    where=str(self._folder.path),
                    next=say("Ask for a smaller dtype, fewer tokens or smaller pictures, or take a smaller model"),
                ) from error
            alone = self._failed(error)
        except FAULTS as error:
            alone = self._failed(error)
        return [alone] if len(items) == 1 else [answer for item in items for answer in self._safely([item])]

    def _failed(self, error: Exception) -> Failure:
        return Failure(say("{model} failed: {cause}", model=self._name, cause=_cause(error)))


def _cause(error: Exception) -> str:
    flat = " ".join(str(error).split()) or type(error).__name__
    return flat if len(flat) <= SAID else f"{flat[:SAID]}..."
