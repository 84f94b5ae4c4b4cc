"""Ops on feature vectors: new points between, around and beside those of real samples."""
