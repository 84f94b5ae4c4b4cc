"""Model roles and the back ends that fill them; weights come from ``weights.lock`` and are never unpickled."""
