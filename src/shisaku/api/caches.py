"""What the cache holds, and making room; nothing in it is lost for good."""

from __future__ import annotations

from typing import Any

from shisaku.errors import MachineError
from shisaku.message import say

GB = 1e9


def cache_list() -> dict[str, Any]:
    """Return the cache folder and by kind (weights, steps, speech, datasets ...) its entries and bytes."""
    from shisaku.store.kept import kinds
    from shisaku.store.places import cache_dir

    root = cache_dir()
    found = {
        kind: {"entries": len(held), "bytes": sum(one.bytes for one in held)} for kind, held in kinds(root).items()
    }
    return {"path": str(root), "kinds": found, "bytes": sum(row["bytes"] for row in found.values())}


def cache_clear(kind: str = "") -> dict[str, Any]:
    """Remove all entries of a kind, or of every kind where none is named. Not while a run is cooking.

    The journal of paid answers goes only when it is named: what is in it would be paid for again.

    Runs whose streams lie in the cache keep their reports and tables; their streams cannot be read any more until
    they are run again. Raises MachineError for a kind that is not there.
    """
    from shisaku.store.kept import PAID, kinds, remove
    from shisaku.store.places import cache_dir

    root = cache_dir()
    found = kinds(root)
    if kind and kind not in found:
        raise MachineError(
            say("The cache holds nothing of kind {kind}", kind=kind),
            str(root),
            next=say("It holds: {kinds}", kinds=", ".join(found) or "-"),
        )
    chosen = [one for name, held in found.items() if (name == kind if kind else name not in PAID) for one in held]
    return {"path": str(root), "entries": len(chosen), "bytes": remove(chosen)}


def cache_prune(max_gb: float) -> dict[str, Any]:
    """Remove the least recently used entries until at most `max_gb` (1e9 bytes) stay; model weights go last."""
    from shisaku.store.kept import oldest_beyond, remove
    from shisaku.store.places import cache_dir

    root = cache_dir()
    chosen = oldest_beyond(root, int(max_gb * GB))
    return {"path": str(root), "entries": len(chosen), "bytes": remove(chosen)}
