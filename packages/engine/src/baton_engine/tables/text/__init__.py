"""Cells as text: CSV rows, separators, missing markers, numbers as categories."""
