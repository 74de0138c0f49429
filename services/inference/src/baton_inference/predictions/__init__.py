"""The prediction log: writes answered rows and their predictions to Parquet files."""
