"""Who calls: API keys, the paths that each may use, and the source of rows."""
