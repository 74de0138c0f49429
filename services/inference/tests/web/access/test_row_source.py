"""The routing key, and what tells callers apart."""

import pytest

from baton_common.api_keys import KeyRing, Scope, generate_key
from baton_inference.web.access.access import Access
from baton_inference.web.access.row_source import find_routing_key, identify_source

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


def test_a_caller_cannot_pose_as_another_with_more_keys() -> None:
    """The key that let the request pass counts, whatever is sent beside it."""
    secret, key = generate_key("scorer", [Scope.SCORING])
    access = Access(lambda: KeyRing([key]))
    valid = (b"authorization", f"Bearer {secret}".encode())
    sources = []
    for extra in ([], [(b"x-api-key", b"made up")], [(b"x-api-key", b"another")]):
        headers = [*extra, (KEY, b"customer 7"), valid]
        sources.append(identify_source(headers, access.check("/predict", headers)))
    assert None not in sources[0]
    assert len(set(sources)) == 1
    assert identify_source([(KEY, b"other")], key) != sources[0]


def test_without_authentication_no_api_key_counts() -> None:
    assert identify_source([(b"x-api-key", b"secret")], None) == (None, None)
