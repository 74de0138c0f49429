"""The operations page, and the data that it shows."""
