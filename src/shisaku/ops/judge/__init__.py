"""Judging by a large model that a recipe names, and what its verdicts are worth."""
