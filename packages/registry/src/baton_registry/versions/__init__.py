"""A version and its files: description, schema, checksums, signatures."""
