"""Reads files as tables: format, encoding, separator, header."""
