"""The page that shows what every op makes of a real sample."""
