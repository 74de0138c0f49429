"""`GET /` and the page's files over HTTP."""

from pathlib import Path

import pytest

from baton_inference.operations.files import PAGE, load_files
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, call, get


@pytest.mark.parametrize("path", ["/", *(f"/console/{n}" for n in load_files() if n != PAGE)])
def test_files_are_served_strictly_and_cached(tmp_path: Path, path: str) -> None:
    """Each file has a type, a strict policy and a tag; who has it already is not sent it again."""
    app, _ = make_app(tmp_path)
    answer = get(app, path)
    assert answer.status == 200
    assert answer.body
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    for tag in (answer.headers["etag"], f'"other", W/{answer.headers["etag"]}'):
        again = call(app, Request("GET", path, headers={"If-None-Match": tag}))
        assert (again.status, again.body) == (304, b"")
    assert call(app, Request("GET", path, headers={"If-None-Match": '"other"'})).status == 200


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/index.html", "/console/../x"])
def test_nothing_else_is_served(tmp_path: Path, path: str) -> None:
    """Only the files that the page asks for have an address."""
    app, _ = make_app(tmp_path)
    assert get(app, path).status == 404


def test_the_page_only_reads(tmp_path: Path) -> None:
    """No route of the page takes anything but a GET."""
    app, _ = make_app(tmp_path)
    for path in ("/", "/console/data", "/console/page.js"):
        assert call(app, Request("POST", path)).status == 405
