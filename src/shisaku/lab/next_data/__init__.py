"""Which data next: what offers are worth by their learning curves, what to buy, and whether that beats chance."""
