"""What an answer says was used, read from the answer itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shisaku.guard.call import Units

# Chat completions and embeddings say the first name of each, responses and images the second.
TOKENS_IN, TOKENS_OUT = ("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens")


def used(answer: Any, bound: Units) -> Units:
    """Return the units of an answer (parsed JSON; None for other forms); what it does not say is as in `bound`."""
    usage = answer.get("usage") if isinstance(answer, Mapping) else None
    if not isinstance(usage, Mapping):
        return bound
    tokens_in, tokens_out = _count(usage, TOKENS_IN), _count(usage, TOKENS_OUT)
    if tokens_in is None and tokens_out is None:
        return bound
    # Embeddings name no tokens out: there are none.
    return replace(bound, tokens_in=bound.tokens_in if tokens_in is None else tokens_in, tokens_out=tokens_out or 0)


def _count(usage: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    found = (usage.get(name) for name in names)
    return next((n for n in found if isinstance(n, int) and not isinstance(n, bool) and n >= 0), None)
