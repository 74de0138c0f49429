"""Model versions and their files: schema, checksums, signatures."""
