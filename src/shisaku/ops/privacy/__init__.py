"""Personal data in samples: finding it, never repeating it."""
