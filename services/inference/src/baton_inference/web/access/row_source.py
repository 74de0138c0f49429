"""What tells callers apart: their routing key and their API key."""

from baton_common.api_keys import ApiKey
from baton_inference.scoring.observer import RowSource
from baton_inference.web.access.access import Headers

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


def identify_source(headers: Headers, key: ApiKey | None) -> RowSource:
    """Identifies the source of a request by hashes, which Python salts for each process.

    Args:
        headers: of the request, with names in lower case.
        key: the API key that let the request pass, whatever else the caller sent as one; None
            without authentication.
    """
    routing_key = find_routing_key(headers)
    return RowSource(
        None if key is None else hash(key.digest),
        None if routing_key is None else hash(routing_key),
    )
