"""The gate: compares a challenger with production and gives a verdict."""
