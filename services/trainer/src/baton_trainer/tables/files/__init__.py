"""Reads a file as a table: format, encoding, separator, header."""
