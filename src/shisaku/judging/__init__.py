"""Judging what was made: which judges fit a batch, its bundle of evidence, where a chain loses what."""
