"""Bulk scoring: scores a file with one version, chunk by chunk."""
