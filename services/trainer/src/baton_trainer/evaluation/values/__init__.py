"""Outcomes of regressions: predictions of values, their metrics and slices."""
