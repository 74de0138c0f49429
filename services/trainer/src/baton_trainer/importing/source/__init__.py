"""The version to import: finds it in its registry, fetches its files, reads its columns."""
