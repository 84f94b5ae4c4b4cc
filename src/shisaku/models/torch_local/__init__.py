"""Models of the user's own: local folders of transformers and diffusers, run by torch. Needs the extra ``torch``."""

from shisaku.models.torch_local.opened import generator

__all__ = ["generator"]
