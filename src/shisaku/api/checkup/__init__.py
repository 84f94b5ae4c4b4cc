"""What is here, what is missing, and the one command that brings it."""

from shisaku.api.checkup.doctor import doctor

__all__ = ["doctor"]
