"""Every byte that leaves goes through here: policy, budget, journal, limits, ledger."""
