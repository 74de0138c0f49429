"""The report of ghz."""

import json

from bench.load.ghz import parse_figures


def test_report_is_parsed() -> None:
    """Nanoseconds become milliseconds; calls without the status OK have failed."""
    calls = [{"latency": number * 1_000_000, "status": "OK"} for number in range(1, 101)]
    calls.append({"latency": 9e9, "status": "Unavailable"})
    figures = parse_figures(json.dumps({"total": 2_000_000_000, "details": calls}).encode())
    assert (figures.answered, figures.failed, figures.seconds) == (100, 1, 2.0)
    assert (figures.per_s, figures.p50_ms) == (50, 50.5)
    assert 99 <= figures.p99_ms <= figures.p999_ms <= 100
