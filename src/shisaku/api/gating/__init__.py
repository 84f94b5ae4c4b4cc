"""The stage gates as a user calls them: the form, the record, what blocks, moves, signatures, spends, triggers."""
