"""The confidence of the intervals that evaluation, gate and monitoring compute."""

CONFIDENCE_LEVEL = 0.95

LOWER_QUANTILE = (1 - CONFIDENCE_LEVEL) / 2
UPPER_QUANTILE = (1 + CONFIDENCE_LEVEL) / 2
"""An interval ends at these quantiles of a distribution."""
