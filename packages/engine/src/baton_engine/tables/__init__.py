"""Cells and values of a table to typed columns."""
