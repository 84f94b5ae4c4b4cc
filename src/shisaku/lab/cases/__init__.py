"""Case records: what every study showed, failures too, with an evidence grade; and what the literature reports."""
