"""The files of the log: rows in memory become whole Parquet files in a bounded folder."""
