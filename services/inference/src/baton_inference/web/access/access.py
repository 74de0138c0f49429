"""API keys: which paths need one, and with which scope.

A caller sends a key as `Authorization: Bearer KEY`, as `X-API-Key: KEY`, or as the password of
`Authorization: Basic` with any user name. Browsers prompt for the last one, so people can open the
pages, too.
"""

import base64
import binascii
from collections.abc import Callable, Iterable

from baton_common.api_keys import ApiKey, KeyRing, Scope
from baton_inference.errors import Forbidden, Unauthenticated
from baton_inference.protocols.catalog import find_path, is_companion
from baton_registry.rest.webhooks import DELIVERY_PATH

Headers = Iterable[tuple[bytes, bytes]]

OPEN_PATHS = frozenset(
    {"/livez", "/readyz", "/ping", "/health", "/v2/health/live", "/v2/health/ready"}
)
"""Health checks: their callers have no key, and the answers reveal nothing else."""
FEEDBACK_PATH = "/feedback"
DOCUMENT_PATHS = frozenset({"/docs", "/openapi.json"})
"""Open to any key."""

_ANY = frozenset(Scope)
_SCORING = frozenset({Scope.SCORING})
_FEEDBACK = frozenset({Scope.FEEDBACK})
_OPERATIONS = frozenset({Scope.OPERATIONS})


def find_scopes(path: str) -> frozenset[Scope]:
    """Finds the accepted scopes for this path; a key needs one. Empty if the path is open.

    A path that is not named here is for operations: a new route stays closed by default.
    """
    if path in OPEN_PATHS or path == DELIVERY_PATH:  # deliveries carry a webhook signature
        return frozenset()
    if find_path(path) is not None or is_companion(path):
        return _SCORING
    if path == FEEDBACK_PATH:
        return _FEEDBACK
    if path in DOCUMENT_PATHS or path.startswith("/static-offline-docs/"):
        return _ANY
    return _OPERATIONS


class Access:
    """Checks API keys. Used from the event loop only."""

    def __init__(self, ring: Callable[[], KeyRing]) -> None:
        """`ring` returns the keys that are valid now."""
        self._ring = ring

    def check(self, path: str, headers: Headers) -> ApiKey | None:
        """Passes a request whose key has a scope that the path needs.

        Returns:
            The key; None if the path is open.

        Raises:
            Unauthenticated: there is no key, or it is unknown.
            Forbidden: the key lacks the scope.
        """
        required = find_scopes(path)
        if not required:
            return None
        ring = self._ring()
        is_known = False
        for secret in extract_secrets(headers):
            key = ring.find(secret)
            if key is not None:
                is_known = True
                if key.scopes & required:
                    return key
        if is_known:
            raise Forbidden(f"this API key lacks the scope {' or '.join(sorted(required))}")
        raise Unauthenticated(
            "missing or unknown API key; send one as Authorization: Bearer KEY or X-API-Key: KEY"
        )


def extract_secrets(headers: Headers) -> Iterable[bytes]:
    """Yields everything that the request sends as a key."""
    for name, value in headers:
        if name == b"x-api-key":
            yield value.strip()
        elif name == b"authorization":
            scheme, _, credentials = value.strip().partition(b" ")
            if scheme.lower() == b"bearer":
                yield credentials.strip()
            elif scheme.lower() == b"basic":
                yield _decode_password(credentials)


def _decode_password(credentials: bytes) -> bytes:
    try:
        return base64.b64decode(credentials, validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
