"""The routing key, and what tells callers apart."""

import pytest

from baton_inference.web.row_source import find_routing_key, identify_source

KEY = b"x-routing-key"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], None),
        ([(KEY, b"customer 7")], b"customer 7"),
        ([(b"accept", b"*/*"), (KEY, "é".encode())], "é".encode()),
        ([(KEY, b"k" * 256)], b"k" * 256),
        ([(KEY, b"k" * 257)], None),
        ([(KEY, b"")], None),
        ([(KEY, b"a"), (KEY, b"a")], None),
        ([(KEY, b""), (KEY, b"a")], None),
    ],
)
def test_a_bad_routing_key_counts_as_absent(
    headers: list[tuple[bytes, bytes]], expected: bytes | None
) -> None:
    """It is never an error."""
    assert find_routing_key(headers) == expected


def test_sources_are_hashes_of_both_keys() -> None:
    """The API key counts only where keys are checked."""
    headers = [(KEY, b"customer 7"), (b"authorization", b"Bearer secret")]
    source = identify_source(headers, has_keys=True)
    assert source == identify_source(
        [(KEY, b"customer 7"), (b"x-api-key", b"secret")], has_keys=True
    )
    assert None not in source
    assert identify_source(headers, has_keys=False) == (None, source.routing_key)
    assert identify_source([], has_keys=True) == (None, None)
    assert identify_source([(KEY, b"other")], has_keys=True) != source
