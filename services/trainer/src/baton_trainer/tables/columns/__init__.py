"""Columns: their types, their roles, and warnings about them."""
