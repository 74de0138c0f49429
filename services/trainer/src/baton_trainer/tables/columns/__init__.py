"""Columns: types, roles, and warnings."""
