"""Estimators: each module emits the operators of a few kinds."""
