"""The page and the notebook view of an audit."""
