"""Names to ops and recipes to YAML: the only floor that imports by name."""
