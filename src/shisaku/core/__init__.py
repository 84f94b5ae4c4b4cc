"""The nouns. Nothing here opens a file, looks at a clock, uses the network or a global random state."""
