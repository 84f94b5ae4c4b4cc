"""Which models stand behind an op, for the key of what it makes and for the lineage of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from shisaku.core.op import Op

if TYPE_CHECKING:
    from shisaku.models.ask import Role
    from shisaku.models.desk import Desk


def models_of(op: Op, desk: Desk | None = None) -> dict[str, str]:
    """Return name and hash of each set of weights behind an op, and of each model that it asks at the desk.

    Raises WeightsError if a file is missing or not the pinned one.
    """
    names = weights_of(op, desk)
    found: dict[str, str] = {}
    if names:
        from shisaku.models.loading import weights_hashes

        found = {part: digest for name in names for part, digest in weights_hashes(name).items()}
    for role, name in asks_of(op):
        from shisaku.models.desk import Desk as Plain

        found |= (desk or Plain()).identity(role, name)
    return found


def weights_of(op: Op, desk: Desk | None = None) -> tuple[str, ...]:
    """Return the names of the weights that an op needs: its own, and those of the embedded models that it asks."""
    if not op.roles:
        return op.models
    from shisaku.models.desk import Desk as Plain

    behind = [name for role, model in asks_of(op) for name in (desk or Plain()).weights(role, model)]
    return tuple(dict.fromkeys([*op.models, *behind]))


def asks_of(op: Op) -> list[tuple[Role, str]]:
    """Return role and name of every model that an op asks."""
    return [(cast("Role", role), str(getattr(op, field))) for field, role in op.roles.items()]
