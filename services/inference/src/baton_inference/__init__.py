"""Follows the alias, swaps the model, answers with the version that it names."""
