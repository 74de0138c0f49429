"""Converts cells and values of a table to typed columns."""
