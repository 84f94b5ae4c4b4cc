"""The page of what judges said of a run's batches."""
