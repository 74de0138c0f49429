"""`GET /` and the page's files over HTTP."""

from pathlib import Path

import pytest

from baton_inference.operations.files import PAGE, load_files
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, call, get


@pytest.mark.parametrize("path", ["/", *(f"/console/{n}" for n in load_files() if n != PAGE)])
def test_files_are_served_strictly_and_cached(tmp_path: Path, path: str) -> None:
    """Each file has a type, a strict policy and an ETag; a cached file is not sent again."""
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
def test_other_paths_are_not_found(tmp_path: Path, path: str) -> None:
    """Only the files of the page have a path."""
    app, _ = make_app(tmp_path)
    assert get(app, path).status == 404


def test_page_is_read_only(tmp_path: Path) -> None:
    """All routes of the page accept only GET."""
    app, _ = make_app(tmp_path)
    for path in ("/", "/console/data", "/console/page.js"):
        assert call(app, Request("POST", path)).status == 405
