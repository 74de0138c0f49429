"""Compares the answers of both versions to the same rows, as counts that add up."""
