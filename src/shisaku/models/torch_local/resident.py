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
from shisaku.guard.device_time import DeviceTime
from shisaku.message import Message, say
from shisaku.models.ask import Answer, Ask, Role
from shisaku.models.openai.shown import part_of
from shisaku.models.torch_local.device import device_of, finisher
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
    """A generator in a folder. An ask's answer hangs on the ask and the model alone (see `Settings.batch`).

    On a device beside the processor its work is counted on `meter`: what is asked for together and is expected to pass
    the limit is not begun, and what is under way stops before the batch that would.
    """

    def __init__(
        self, role: Role, back_end: BackEnd, folder: Folder, settings: Settings, meter: DeviceTime | None = None
    ) -> None:
        self.backend = f"{folder.path.name} ({folder.architecture} in a local folder)"
        self._role = role
        self._name = back_end.name
        self._folder = folder
        self._settings = settings
        self._meter = meter
        self._finish: Callable[[], object] | None = None
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
        ready = {place: one for place, one in enumerate(made) if isinstance(one, Item)}
        if why := self._over(len(ready)):
            answers |= dict.fromkeys(ready, Failure(why, passing=True))
            ready = {}
        for places in self._batches(ready):
            answers |= dict(zip(places, self._metered([ready[place] for place in places]), strict=True))
        return [answers[place] for place in range(len(made))]

    def _over(self, answers: int) -> Message | None:
        """Say that so many more answers would pass the budget, if they would."""
        if self._meter is None or self._finish is None or not answers:
            return None
        return self._meter.refused(answers)

    def _metered(self, items: Sequence[Item]) -> list[Answer]:
        """Run a batch, and count its time where a device does the work and the budget allows it."""
        if self._meter is None or self._finish is None:
            return self._safely(items)
        if why := self._over(len(items)):
            return [Failure(why, passing=True) for _ in items]
        with self._meter.counted(len(items), self._finish):
            return self._safely(items)

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
        if self._meter is not None:
            self._finish = finisher(device_of(self._settings))

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
