"""Searches for the arguments of an estimator."""
