"""Outcomes of classifiers: predictions of classes, their metrics, thresholds and slices."""
