"""What may leave this machine: a level, and the names of all that it is granted to. What is not named is denied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ON_PREM: Final = 0
MADE_ONLY: Final = 1
ANONYMISED: Final = 2
RAW: Final = 3
LEVELS: Final = ("on-prem", "made", "anonymised", "raw")


@dataclass(frozen=True, slots=True)
class Policy:
    """The level of a run and its grants.

    Levels: 0 ``on-prem``, nothing leaves the premises; 1 ``made``, only samples that were made (depth above 0, of no
    real sample's bytes) go out; 2 ``anonymised``, also real fields that attest the redactions named in `redacted` and
    in which no finder finds anything; 3 ``raw``, real fields as they are. From 1 on, only to the models named in
    `models`, only the parts named in `fields`, only for `purposes`; the licence must allow third-party use and, for
    real samples, `consents` must hold the sample's consent.
    """

    level: int = ON_PREM
    models: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    redacted: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The word for the level."""
        return LEVELS[self.level]
