"""Evaluates a model: metrics, intervals, thresholds, slices, importance."""
