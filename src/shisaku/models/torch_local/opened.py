"""The model in a folder in one role, and what tells it from another."""

from __future__ import annotations

from shisaku.core.back_end import BackEnd
from shisaku.core.identity import fingerprint
from shisaku.guard.device_time import DeviceTime
from shisaku.models.ask import Role
from shisaku.models.folder_mark import folder_mark
from shisaku.models.torch_local.folder import Folder, folder_at, place_of, wants
from shisaku.models.torch_local.resident import Resident
from shisaku.models.torch_local.settings import Settings, check_role, settings_of
from shisaku.models.torch_local.two_towers import is_towers


def generator(role: Role, back_end: BackEnd, meter: DeviceTime | None = None) -> Resident:
    """Return the model of a folder in `role`; it is read when it is first asked. See `Settings` for its `params`.

    `meter` counts the time of a device beside the processor. Raises RecipeError for params that make no sense or a
    folder that cannot play the role, WeightsError for one that is not there or whose weights are pickled, MachineError
    without the extra ``torch``.
    """
    from shisaku.models.torch_local.libraries import torch_library

    settings = settings_of(back_end)
    check_role(back_end, role)
    folder = folder_at(back_end.model)
    wants(folder, role == "painter", role)
    torch_library()
    return _class_of(role, folder, settings)(role, back_end, folder, settings, meter)


def _class_of(role: Role, folder: Folder, settings: Settings) -> type[Resident]:
    if role == "painter":
        from shisaku.models.torch_local.painter import FolderPainter

        return FolderPainter
    if role == "speaker":
        from shisaku.models.torch_local.speaker import FolderSpeaker

        return FolderSpeaker
    if role == "listener":
        from shisaku.models.torch_local.listener import FolderListener

        return FolderListener
    if role == "embedder":
        from shisaku.models.torch_local.embedder import FolderEmbedder

        return FolderEmbedder
    if role == "judge" and is_towers(folder.about, settings.task):
        from shisaku.models.torch_local.alignment_judge import AlignmentJudge

        return AlignmentJudge
    from shisaku.models.torch_local.writer import Writer

    return Writer


def identity(back_end: BackEnd) -> str:
    """Return what tells the answers of a folder's model: its files and params, and not where it stands.

    Raises WeightsError where it is not there.
    """
    folder_at(back_end.model)
    settings = settings_of(back_end)
    beside = [folder_mark(file) for file in settings.files]
    # Where the files beside it stand is not what they are.
    params = {**back_end.params, "vocoder": bool(settings.vocoder), "voices": list(settings.voices)}
    told = sorted((name, repr(value)) for name, value in params.items())
    return fingerprint(folder_mark(place_of(back_end.model)), beside, told)
