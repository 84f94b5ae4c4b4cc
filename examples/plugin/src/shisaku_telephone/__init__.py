"""An example of a plugin: recordings as a telephone carries them, and a reader of a list of recordings."""
