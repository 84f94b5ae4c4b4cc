"""Programs of this machine as speakers: flite, eSpeak NG, piper, or any other by a template of its command line."""

from shisaku.models.native.opened import generator

__all__ = ["generator"]
