"""Who may come in, and to what.

A caller shows an API key as `Authorization: Bearer KEY`, as `X-API-Key: KEY`, or as the password of
`Authorization: Basic`, whatever the user's name: that is how a browser asks its user for it, so the
pages can be opened, too.
"""

import base64
import binascii
from collections.abc import Callable, Iterable

from baton_inference.errors import NotAdmitted, NotAllowed
from baton_inference.protocols.catalog import find_path, is_companion
from baton_registry.api_keys import KeyRing, Scope

Headers = Iterable[tuple[bytes, bytes]]

OPEN_PATHS = frozenset(
    {"/livez", "/readyz", "/ping", "/health", "/v2/health/live", "/v2/health/ready"}
)
"""Health: asked by what has no key, and telling no more than that."""
WEBHOOK_PATH = "/webhooks/mlflow"
"""Open as well, for what comes there carries a signature."""
DOCUMENT_PATHS = frozenset({"/docs", "/openapi.json"})
"""For whoever has any key."""

_ANY = frozenset(Scope)
_SCORING = frozenset({Scope.SCORING})
_OPERATIONS = frozenset({Scope.OPERATIONS})


def scopes_of(path: str) -> frozenset[Scope]:
    """The scopes of which a key needs one for this path; none where it is open for all.

    What is not named here is for operations: a new route is shut until somebody decides otherwise.
    """
    if path in OPEN_PATHS or path == WEBHOOK_PATH:
        return frozenset()
    if find_path(path) is not None or is_companion(path):
        return _SCORING
    if path in DOCUMENT_PATHS or path.startswith("/static-offline-docs/"):
        return _ANY
    return _OPERATIONS


class Access:
    """Lets a request in or not. Used from the event loop only."""

    def __init__(self, ring: Callable[[], KeyRing]) -> None:
        """Takes what gives the keys of the moment."""
        self._ring = ring

    def check(self, path: str, headers: Headers) -> None:
        """Lets a request pass whose key is good for the path.

        Raises:
            NotAdmitted: it shows no key, or none that is known.
            NotAllowed: its key is not for this.
        """
        wanted = scopes_of(path)
        if not wanted:
            return
        ring = self._ring()
        is_known = False
        for secret in _secrets(headers):
            key = ring.find(secret)
            if key is not None:
                is_known = True
                if key.scopes & wanted:
                    return
        if is_known:
            raise NotAllowed(f"this API key is not for {' or '.join(sorted(wanted))}")
        raise NotAdmitted("an API key is needed, as Authorization: Bearer KEY or as X-API-Key: KEY")


def _secrets(headers: Headers) -> Iterable[bytes]:
    """What a request shows as keys."""
    for name, value in headers:
        if name == b"x-api-key":
            yield value.strip()
        elif name == b"authorization":
            scheme, _, credentials = value.strip().partition(b" ")
            if scheme.lower() == b"bearer":
                yield credentials.strip()
            elif scheme.lower() == b"basic":
                yield _password(credentials)


def _password(credentials: bytes) -> bytes:
    try:
        return base64.b64decode(credentials, validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
