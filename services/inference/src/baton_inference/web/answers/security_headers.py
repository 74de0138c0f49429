"""What every answer but those to scoring requests tells a browser, unless its route says otherwise.

https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
"""

from baton_inference.protocols.media import Headers

_NOTHING = b"default-src 'none'; frame-ancestors 'none'"
_SWAGGER = (
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    b"frame-ancestors 'none'"
)
"""Swagger UI is started by a script in its page; what it shows comes from the same place."""

_GENERAL = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
}


def with_security_headers(path: str, headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, and those that every answer has."""
    policy = _SWAGGER if path == "/docs" else _NOTHING
    given = [*headers]
    names = {name.lower() for name, _ in given}
    wanted = {b"content-security-policy": policy, **_GENERAL}
    return given + [(name, value) for name, value in wanted.items() if name not in names]
