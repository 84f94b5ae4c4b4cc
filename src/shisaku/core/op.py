"""What every op, Transform or Metric, says about itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Kind


class Op:
    """Base of Transform and Metric: a frozen dataclass whose fields are its parameters and nothing else.

    `name` is the registry name (``shelf.op``), `version` goes up when the same input would give another
    output. `reads` and `writes` map the *field* that holds a part name to the kind of that part:
    ``reads = {"image": "image"}`` with a field ``image: str = "image"`` reads an image from the part
    named by that field. `follows` maps fields in the same way to parts that an op takes along where a sample has
    them: boxes and masks move with their picture, a caption that a flip makes false is mended.

    `models` names the weights it loads (``weights.lock`` names). `roles` maps a field that names one of the recipe's
    `models` to the role that it plays (``{"model": "captioner"}``; an empty field is the embedded default), and
    `purpose` is the word under which a policy allows or denies what is sent to it. `tolerance` is how far model
    outputs may differ between batchings (0: bitwise equal). `batch` is the most samples it is given at once (0: as
    the engine likes): few where one takes long, so that progress shows, all workers have something to do, and little
    is lost when a run is stopped.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    reads: ClassVar[Mapping[str, Kind]] = {}
    writes: ClassVar[Mapping[str, Kind]] = {}
    follows: ClassVar[Mapping[str, Kind]] = {}
    models: ClassVar[tuple[str, ...]] = ()
    roles: ClassVar[Mapping[str, str]] = {}
    purpose: ClassVar[str] = ""
    tolerance: ClassVar[float] = 0.0
    batch: ClassVar[int] = 0

    def params(self) -> dict[str, Any]:
        """Return the parameters by name."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}  # type: ignore[arg-type]

    def reads_parts(self) -> dict[str, Kind]:
        """Part name -> kind of what it reads, under the names it was given."""
        return {str(getattr(self, field)): kind for field, kind in self.reads.items()}

    def writes_parts(self) -> dict[str, Kind]:
        """Part name -> kind of what it writes."""
        return {str(getattr(self, field)): kind for field, kind in self.writes.items()}

    def follows_parts(self) -> dict[str, Kind]:
        """Part name -> kind of what it reads and changes where a sample has it."""
        return {str(getattr(self, field)): kind for field, kind in self.follows.items()}

    @property
    def fingerprint(self) -> str:
        """Changes with the op, its version or its parameters."""
        return fingerprint(self.name, self.version, self.params())
