"""Monitoring: what was answered, how good it was, and how the data changed."""
