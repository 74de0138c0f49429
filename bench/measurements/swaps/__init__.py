"""Swaps under constant load."""
