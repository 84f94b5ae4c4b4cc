"""Tables: one row or several per sample."""
