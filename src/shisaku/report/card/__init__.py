"""Dataset cards: one record of what is known about a dataset, told as Croissant, datasheet and data card."""
