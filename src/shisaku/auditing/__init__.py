"""What an audit looks for and what it found: detectors by file, a recipe for the data at hand, findings of a run."""
