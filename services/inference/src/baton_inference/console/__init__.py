"""The operations page: what serves, why, since when, and what to do."""
