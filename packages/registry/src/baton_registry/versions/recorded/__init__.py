"""What an MLmodel file records of the columns and the outputs."""
