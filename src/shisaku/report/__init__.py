"""What a person reads of a run: the page, the terminal's table, a notebook's fragment, in English and Japanese."""
