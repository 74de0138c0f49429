"""The scoring requests per version."""

from baton_inference.operations.traffic import count_traffic
from baton_inference.telemetry.metrics import Metrics


def test_protocols_are_added_up() -> None:
    """A version's counts cover all protocols; 4xx and 5xx are separate."""
    metrics = Metrics()
    for protocol, status in (("predict", 200), ("v2", 422), ("v2", 499), ("predict", 503)):
        metrics.count_request(protocol, status, "1", 0.0001)
    metrics.count_request("predict", 200, "2", 99.0)
    one, two = count_traffic(metrics).versions
    assert (one.version, one.requests, one.rejected, one.failed) == ("1", 4, 2, 1)
    assert (one.counts[0], sum(one.counts)) == (4, 4)
    assert (two.version, two.requests, two.counts[-1]) == ("2", 1, 1)
    assert len(count_traffic(metrics).bounds_s) + 1 == len(one.counts)


def test_no_requests_yet() -> None:
    """Without requests there are no versions."""
    assert count_traffic(Metrics()).versions == []
