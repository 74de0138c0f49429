"""The tables about many replicas."""

from bench.measurements.replica_results import Cost, ReplicaResults, format_tables


def test_what_one_server_carries_follows_from_its_processor_time() -> None:
    """A poll looks up two aliases: 10 ms, so half a processor answers 50 polls a second."""
    results = ReplicaResults(
        replicas=100,
        look_up=Cost(1.0, 6.0),
        miss=Cost(1.0, 4.0),
        herd=Cost(2.5, 11.0),
        fetches=Cost(7.5, 40.0),
        fetched_bytes=12_345,
        move=Cost(1.0, 20.0),
        notified=Cost(1.5, 27.5),
        machine="a machine",
    )
    text = format_tables(results)
    cells = [line.replace(" ", "") for line in text.splitlines()]
    assert "|2s|100|" in cells
    assert "|60s|3,000|" in cells
    assert "a fetch of 12,345 bytes" in text
    assert "after 2.50 s" in text
    assert "|thesamewithawebhook|27.5|" in cells
