"""What every page and answer tells a browser."""

from pathlib import Path

import pytest

from baton_inference.web.answers.security_headers import with_security_headers
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import get


@pytest.mark.parametrize("path", ["/", "/status", "/docs", "/openapi.json", "/none", "/livez"])
def test_every_answer_is_shut_to_other_sites(tmp_path: Path, path: str) -> None:
    """No other site may frame it, guess at its type, or be told where its reader came from."""
    headers = get(make_app(tmp_path)[0], path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert ("unsafe" in headers["content-security-policy"]) is (path == "/docs")


def test_a_route_may_say_otherwise() -> None:
    """What a route has set is not said twice."""
    given = [(b"Referrer-Policy", b"same-origin")]
    names = [name.lower() for name, _ in with_security_headers("/", given)]
    assert names.count(b"referrer-policy") == 1
    assert dict(with_security_headers("/", given))[b"Referrer-Policy"] == b"same-origin"
