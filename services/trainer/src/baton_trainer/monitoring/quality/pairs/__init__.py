"""Compares the version in production with the one before, on the same labelled rows."""
