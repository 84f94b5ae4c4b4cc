"""Samples that are alike: prints, pairs, groups and keepers, shared by the shelves."""
