"""Bulk scoring: a whole file through one version, chunk by chunk."""
