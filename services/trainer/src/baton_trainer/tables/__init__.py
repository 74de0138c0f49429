"""The training table: reads, validates and types it, and splits its rows."""
