"""Columns: types, roles, and what is odd about them."""
