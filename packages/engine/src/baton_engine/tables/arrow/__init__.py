"""Arrow arrays: their types and values, Parquet files, and panics of the library."""
