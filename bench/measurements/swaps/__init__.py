"""Constant load while the alias moves."""
