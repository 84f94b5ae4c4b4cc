"""Models behind any server with the OpenAI interface; every byte to it goes through the door."""

from shisaku.models.openai.served import generator

__all__ = ["generator"]
