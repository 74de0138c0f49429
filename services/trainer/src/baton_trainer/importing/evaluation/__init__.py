"""Measures an imported version on the truth, and decides its gate."""
