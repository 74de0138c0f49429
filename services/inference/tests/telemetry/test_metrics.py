"""The counters."""

from baton_inference.telemetry.metrics import MAX_VERSIONS, Histogram, Metrics


def test_histogram_counts_at_or_below() -> None:
    """A bucket holds what is at or below its bound, and all buckets below it."""
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 9.0):
        histogram.observe(value)
    assert [*histogram.buckets()] == [("1.0", 2), ("2.0", 3), ("+Inf", 4)]
    assert histogram.sum == 12.0


def test_series_are_bounded() -> None:
    """Thousands of versions leave no more series than those of the last ones."""
    metrics = Metrics()
    for number in range(1000):
        for status in (200, 422):
            metrics.count_request("predict", status, str(number), 0.001)
        metrics.count_rows(str(number), 3)
    assert len(metrics.requests) == 2 * MAX_VERSIONS
    assert len(metrics.durations) == len(metrics.rows) == MAX_VERSIONS
    assert metrics.rows["999"] == 3


def test_the_versions_that_answered_last_are_kept() -> None:
    """A version that was rolled back to is no old one, however low its number is."""
    metrics = Metrics()
    metrics.count_request("predict", 503, "", 0.001)
    for version in [*map(str, range(MAX_VERSIONS)), "0", "new"]:
        metrics.count_request("predict", 200, version, 0.001)
    assert metrics.requests["predict", 200, "0"] == 2
    assert ("predict", 200, "1") not in metrics.requests
    assert metrics.requests["predict", 503, ""] == 1
