"""Drift: compares the logged rows of a version with those that it was trained on."""
