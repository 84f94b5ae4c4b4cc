"""The libraries of the extra ``torch``, imported when they are needed, with nothing fetched and nothing told."""

from __future__ import annotations

import importlib
import os
from typing import Any, Final

from shisaku.errors import MachineError
from shisaku.message import say
from shisaku.models.threads import model_threads

# Read by the libraries when they are imported. `local_files_only` says the same again wherever a folder is opened.
OFFLINE: Final = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def torch_library() -> Any:
    """Return torch, with as many threads as a model may use. Raises MachineError without the extra."""
    torch = _imported("torch")
    if torch.get_num_threads() != model_threads():
        torch.set_num_threads(model_threads())
    return torch


def transformers_library() -> Any:
    """Return transformers, silent. Raises MachineError without the extra."""
    library = _imported("transformers")
    library.utils.logging.set_verbosity_error()
    library.utils.logging.disable_progress_bar()
    return library


def diffusers_library() -> Any:
    """Return diffusers, silent. Raises MachineError without the extra."""
    library = _imported("diffusers")
    library.utils.logging.set_verbosity_error()
    library.utils.logging.disable_progress_bar()
    return library


def _imported(name: str) -> Any:
    os.environ.update(OFFLINE)
    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:
        raise MachineError(
            say("A model in a folder needs {library}, which is not here: {cause}", library=name, cause=str(error)),
            next=say("Install the extra: pip install 'shisaku[torch]'"),
        ) from error
