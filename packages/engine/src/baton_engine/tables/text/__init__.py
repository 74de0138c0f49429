"""Tables as text: CSV rows, separators, missing markers."""
