"""What a chat model is told about its role, before what an op asks of it.

The texts are in the key of every call: one that changes is a new question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from shisaku.models.ask import Ask, Role

CAPTION: Final = "Describe what you see or hear, in one sentence{tongue}. Say nothing that cannot be seen or heard."
REWORD: Final = "Reword the text below{tongue}. Keep its meaning; add nothing. Answer with the new text only."
TRANSLATE: Final = "Translate the text below from {source} to {target}. Answer with the translation only."
JUDGE: Final = "Judge what is below as you are asked to. Say only what can be seen in it."
LISTEN: Final = "Write down word for word what is said{tongue}. Answer with these words only."
STRUCTURE: Final = "Answer with JSON only, without a code fence, that keeps this JSON Schema:"
AGAIN: Final = "Your answer was not what was asked for: {error}. Answer again, with JSON only that keeps the schema."
DEFAULTS: Final[Mapping[Role, str]] = {
    "captioner": CAPTION,
    "rewriter": REWORD,
    "translator": TRANSLATE,
    "judge": JUDGE,
    "listener": LISTEN,
}


def instruction(role: Role, ask: Ask) -> str:
    """Return the role's own sentence; an op's prompt takes its place where the role has no rules of its own."""
    if role == "translator":
        return TRANSLATE.replace("{source}", _tongue(ask, "source")).replace("{target}", _tongue(ask, "target"))
    if ask.prompt and role != "judge":
        return ""
    language = str(ask.options.get("language", ""))
    return DEFAULTS[role].replace("{tongue}", f", in the language {language}" if language else "")


def schema_text(schema: Mapping[str, Any]) -> str:
    """Return the request to keep `schema`, for servers that do not enforce one."""
    return f"{STRUCTURE}\n{json.dumps(schema, ensure_ascii=False, sort_keys=True)}"


def language_answered(role: Role, ask: Ask) -> str:
    """Return the BCP 47 tag of the text that the role gives, or "" where nobody said."""
    if role == "translator":
        return str(ask.options.get("target", ""))
    told = str(ask.options.get("language", ""))
    parts = [ask.sample.parts[name] for name in ask.parts]
    return told or next((part.lang for part in parts if part.kind == "text"), "")


def _tongue(ask: Ask, option: str) -> str:
    return str(ask.options.get(option, "")) or ("its language" if option == "source" else "English")
