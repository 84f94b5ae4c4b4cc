"""A dataset home: the versions of one dataset in one folder, each a table that never changes."""

from shisaku.store.home.commit import commit
from shisaku.store.home.place import Home, is_home, open_home
from shisaku.store.home.scores import add_scores, read_scores
from shisaku.store.home.version import Source, Version
from shisaku.store.home.writing import writing

__all__ = ["Home", "Source", "Version", "add_scores", "commit", "is_home", "open_home", "read_scores", "writing"]
