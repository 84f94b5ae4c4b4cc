"""What a study's answers cost where they are used: chosen on validation, counted on test items, said in money.

Everything here is a pure function of a run's tables and a `Kpi`, so it can be said again for other costs.
"""
