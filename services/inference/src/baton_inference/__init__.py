"""Serves the version that the alias points to; follows the alias and swaps the model."""
