"""Reads the result of a SQL query as a table."""
