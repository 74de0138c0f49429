"""Security headers for browsers."""

from pathlib import Path

import pytest

from baton_inference.web.answers.security_headers import add_security_headers
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import get


@pytest.mark.parametrize("path", ["/", "/status", "/docs", "/openapi.json", "/none", "/livez"])
def test_every_answer_has_security_headers(tmp_path: Path, path: str) -> None:
    """Other sites cannot frame an answer, guess its type, or learn its URL."""
    headers = get(make_app(tmp_path)[0], path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert ("unsafe" in headers["content-security-policy"]) is (path == "/docs")


def test_route_can_override_a_header() -> None:
    """A header that the route has set is not added again."""
    own = [(b"Referrer-Policy", b"same-origin")]
    names = [name.lower() for name, _ in add_security_headers("/", own)]
    assert names.count(b"referrer-policy") == 1
    assert dict(add_security_headers("/", own))[b"Referrer-Policy"] == b"same-origin"
