import pytest

from bench.measurements.servers.rounds import choose_seconds


@pytest.mark.parametrize(("per_s", "seconds"), [(10_000, 2.0), (100, 3.2), (1, 8.0), (0, 8.0)])
def test_slow_server_is_measured_longer(per_s: float, seconds: float) -> None:
    """Each connection gets twenty answers, within four times the usual length."""
    assert choose_seconds(per_s, connections=16, seconds=2.0) == seconds
