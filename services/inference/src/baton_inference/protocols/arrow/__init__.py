"""Arrow and Parquet bodies, read in a separate process."""
