"""The counters."""

from baton_inference.telemetry.metrics import MAX_VERSIONS, Histogram, Metrics


def test_histogram_buckets_are_cumulative() -> None:
    """A bucket counts all values at or below its bound."""
    histogram = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 9.0):
        histogram.observe(value)
    assert [*histogram.accumulate()] == [("1.0", 2), ("2.0", 3), ("+Inf", 4)]
    assert histogram.sum == 12.0


def test_series_are_bounded() -> None:
    """After thousands of versions, only the last ones have series."""
    metrics = Metrics()
    for number in range(1000):
        for status in (200, 422):
            metrics.count_request("predict", status, str(number), 0.001)
        metrics.count_rows(str(number), 3)
    assert len(metrics.requests) == 2 * MAX_VERSIONS
    assert len(metrics.durations) == len(metrics.rows) == MAX_VERSIONS
    assert metrics.rows["999"] == 3


def test_versions_that_answered_last_keep_their_series() -> None:
    """After a rollback, a version with a low number counts as recent."""
    metrics = Metrics()
    metrics.count_request("predict", 503, "", 0.001)
    for version in [*map(str, range(MAX_VERSIONS)), "0", "new"]:
        metrics.count_request("predict", 200, version, 0.001)
    assert metrics.requests["predict", 200, "0"] == 2
    assert ("predict", 200, "1") not in metrics.requests
    assert metrics.requests["predict", 503, ""] == 1


def test_counts_of_canaries_are_bounded() -> None:
    """A canary that never answers has no other series."""
    metrics = Metrics()
    for number in range(1000):
        metrics.count_fallback(str(number))
        metrics.count_canary_answer(str(number))
    assert len(metrics.fallbacks) == len(metrics.canary_answers) == MAX_VERSIONS
    assert metrics.fallbacks["999"] == metrics.canary_answers["999"] == 1
