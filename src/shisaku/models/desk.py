"""Where an op asks for a model by role and name: the embedded ones, and those that the recipe names.

An op cannot be handed a model, as it is nothing but its parameters; so the one who calls it sets the desk for that
thread, and the op takes what it needs from there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import PurePath

from shisaku.core.back_end import BackEnd
from shisaku.core.identity import fingerprint
from shisaku.errors import MachineError, RecipeError
from shisaku.guard.device_time import DeviceTime
from shisaku.guard.door import Door
from shisaku.message import say
from shisaku.models.ask import Generator, Role
from shisaku.models.embedded import catalogue
from shisaku.models.here import working


class Desk:
    """The models of one run. Each is opened once, when it is first taken. Safe from many threads.

    Servers are reached through `door` alone; what models in local folders use of other devices than the processor is
    counted on `meter`.
    """

    def __init__(
        self, back_ends: Iterable[BackEnd] = (), door: Door | None = None, meter: DeviceTime | None = None
    ) -> None:
        self._back_ends: Mapping[str, BackEnd] = {one.name: one for one in back_ends}
        self._door, self._meter = door, meter
        self._open: dict[tuple[Role, str], Generator] = {}
        self._lock = threading.RLock()

    def take(self, role: Role, name: str = "") -> Generator:
        """Return the model of that name in a role; without a name, the embedded default.

        Raises RecipeError for a name that is not there, MachineError where it cannot be opened.
        """
        with self._lock:
            if (role, name) not in self._open:
                self._open[role, name] = self._opened(role, self.back_end(role, name))
            return self._open[role, name]

    def back_end(self, role: Role, name: str = "") -> BackEnd:
        """Return what stands behind a name. Raises RecipeError where nothing does."""
        if not name:
            return catalogue.default(role)
        if name not in self._back_ends:
            raise RecipeError(
                say("There is no model {name}", name=name), next=say("Name it under `models` of the recipe")
            )
        return self._back_ends[name]

    def weights(self, role: Role, name: str = "") -> tuple[str, ...]:
        """Return the names of the weights of the lock behind a model; none for one that is not embedded."""
        back_end = self.back_end(role, name)
        return catalogue.weights_of(role, back_end.model) if back_end.way == "embedded" else ()

    def identity(self, role: Role, name: str = "") -> dict[str, str]:
        """Return what tells this model's answers from another's, for keys and lineage; weights stand for themselves."""
        back_end = self.back_end(role, name)
        # Where a folder or program stands is nobody's business, and changes nothing.
        model = PurePath(back_end.model).name if back_end.way in ("torch", "native") else back_end.model
        return {f"{role}: {back_end.way} {model}": _mark(back_end)}

    def width(self, role: Role, name: str = "") -> int:
        """Return how many asks a model takes at once with gain: 1 for one of this machine."""
        back_end = self.back_end(role, name)
        return back_end.concurrency if back_end.way == "openai" else 1

    def _opened(self, role: Role, back_end: BackEnd) -> Generator:
        if back_end.way == "embedded":
            return catalogue.generator(role, back_end)
        if back_end.way == "openai":
            from shisaku.models.openai import generator as served

            if self._door is None:
                raise MachineError(
                    say("{name} is a server, and there is no way out of here", name=back_end.name),
                    next=say("Ask it in a run: its guard checks and records what leaves"),
                )
            return served(role, back_end, self._door)
        if back_end.way == "torch":
            from shisaku.models.torch_local import generator as in_folder

            return in_folder(role, back_end, self._meter)
        from shisaku.models.native import generator as program

        return program(role, back_end)


def _mark(back_end: BackEnd) -> str:
    """Return what tells the answers of a back end: for one of this machine, the very files that it is made of."""
    if back_end.way == "torch":
        from shisaku.models.torch_local.opened import identity as of_folder

        return of_folder(back_end)
    if back_end.way == "native":
        from shisaku.models.native.opened import identity as of_program

        return of_program(back_end)
    return fingerprint(back_end.identity)


_HERE: ContextVar[Desk | None] = ContextVar("desk", default=None)
_EMBEDDED = Desk()


def desk() -> Desk:
    """Return the desk that was set here, else one that has the embedded models alone."""
    return _HERE.get() or _EMBEDDED


@contextmanager
def at(one: Desk, step: str = "") -> Iterator[None]:
    """Set the desk, and the name of the step that works, for this thread until the block ends."""
    token = _HERE.set(one)
    try:
        with working(step):
            yield
    finally:
        _HERE.reset(token)
