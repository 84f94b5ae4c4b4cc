"""Ops on videos."""
