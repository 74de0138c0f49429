"""The scoring requests by version."""

from baton_inference.operations.traffic import traffic
from baton_inference.telemetry.metrics import Metrics


def test_adds_up_protocols() -> None:
    """A version's numbers are those of all protocols; refusals and failures are told apart."""
    metrics = Metrics()
    for protocol, status in (("predict", 200), ("v2", 422), ("v2", 499), ("predict", 503)):
        metrics.count_request(protocol, status, "1", 0.0001)
    metrics.count_request("predict", 200, "2", 99.0)
    one, two = traffic(metrics).versions
    assert (one.version, one.requests, one.refused, one.failed) == ("1", 4, 2, 1)
    assert (one.counts[0], sum(one.counts)) == (4, 4)
    assert (two.version, two.requests, two.counts[-1]) == ("2", 1, 1)
    assert len(traffic(metrics).bounds_s) + 1 == len(one.counts)


def test_nothing_yet() -> None:
    """A process that was asked nothing has no versions to tell of."""
    assert traffic(Metrics()).versions == []
