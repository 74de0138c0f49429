"""Text cells: CSV rows, separators, missing markers, numbers as categories, datetimes."""
