"""Options that several verbs share, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
Out = Annotated[Path | None, typer.Option("--out", help="Where to write; default: beside your work, said at the end.")]
JsonOut = Annotated[Path | None, typer.Option("--out", help="Also write the JSON document to this file.")]
Preview = Annotated[
    int | None, typer.Option("--preview", min=2, help="Use only N items per class or stream: a look, not a verdict.")
]
Adopt = Annotated[bool, typer.Option("--fail-unless-adopt", help="Exit with 3 unless the overall verdict is ADOPT.")]
