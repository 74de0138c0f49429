"""What tells callers apart: their routing key and their API key."""

from collections.abc import Iterable

from baton_inference.scoring.observer import RowSource
from baton_inference.web.access import Headers, extract_secrets

ROUTING_HEADER = b"x-routing-key"
MAX_ROUTING_KEY_BYTES = 256


def find_routing_key(headers: Headers) -> bytes | None:
    """Returns the routing key; None without one, and if it is empty, too long or there are two.

    Args:
        headers: of the request, with names in lower case.
    """
    found = None
    for name, value in headers:
        if name == ROUTING_HEADER:
            if found is not None or not 0 < len(value) <= MAX_ROUTING_KEY_BYTES:
                return None
            found = value
    return found


def identify_source(headers: Headers, *, has_keys: bool) -> RowSource:
    """Identifies the source of a request by hashes, which Python salts for each process.

    Args:
        headers: of the request, with names in lower case.
        has_keys: whether the service checks API keys; else what is sent as one means nothing.
    """
    routing_key = find_routing_key(headers)
    api_key = _find_first(extract_secrets(headers)) if has_keys else None
    return RowSource(
        None if api_key is None else hash(api_key),
        None if routing_key is None else hash(routing_key),
    )


def _find_first(secrets: Iterable[bytes]) -> bytes | None:
    return next(iter(secrets), None)
