"""Files to tables: format, encoding, separator, header."""
