"""Security headers for browsers, on every answer except those to scoring requests.

https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
"""

from baton_inference.protocols.media import Headers

_NOTHING = b"default-src 'none'; frame-ancestors 'none'"
_SWAGGER = (
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    b"frame-ancestors 'none'"
)
"""Swagger UI starts with an inline script; everything else comes from this host."""

_GENERAL = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
}


def add_security_headers(path: str, headers: Headers) -> list[tuple[bytes, bytes]]:
    """Returns the headers with the security headers that the route did not set itself."""
    policy = _SWAGGER if path == "/docs" else _NOTHING
    existing = [*headers]
    names = {name.lower() for name, _ in existing}
    defaults = {b"content-security-policy": policy, **_GENERAL}
    return existing + [(name, value) for name, value in defaults.items() if name not in names]
