"""The pages behind a proxy that puts the service below a path of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from browser.conftest import Watched
from playwright.sync_api import expect

from tests.support.rig import LOCAL, Inference

PREFIX = "/team/churn"
PASSED_ON = ("content-type", "etag", "content-security-policy")


@contextmanager
def prefixing(target: str) -> Iterator[str]:
    """A proxy that takes the prefix off and knows no other path; gives its address."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(f"{PREFIX}/"):
                self.send_error(404, "not below the prefix")
                return
            length = int(self.headers.get("Content-Length") or 0)
            answer = client.request(
                self.command,
                self.path.removeprefix(PREFIX),
                content=self.rfile.read(length),
                headers={"Content-Type": self.headers.get("Content-Type", "")},
            )
            self.send_response(answer.status_code)
            for name in PASSED_ON:
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET  # noqa: N815 - the name that http.server wants

        def log_message(self, *_: object) -> None:
            pass

    with (
        httpx.Client(base_url=target, timeout=20) as client,
        ThreadingHTTPServer((LOCAL, 0), Proxy) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOCAL}:{server.server_port}{PREFIX}"
        server.shutdown()


@pytest.fixture
def behind(served_once: Inference) -> Iterator[str]:
    """The address of the service behind the proxy."""
    with prefixing(served_once.url) as url:
        yield url


def test_docs_try_a_prediction(behind: str, watched: Watched) -> None:
    """`/docs` finds its script, the document and the route that it tries."""
    page = watched.page
    page.goto(f"{behind}/docs")
    page.locator("#operations-scoring-predict").click(timeout=20_000)
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator("#operations-scoring-predict .live-responses-table .response").first
    expect(answer).to_contain_text("model_version", timeout=20_000)
    assert f"{behind}/predict" in watched.addresses
    assert watched.faults == []


def test_the_operations_page_and_its_links(behind: str, watched: Watched) -> None:
    """The page shows what serves and answers its form; its links stay below the prefix."""
    page = watched.page
    page.goto(f"{behind}/")
    expect(page.locator("#state .headline")).to_have_text("Version 1 is serving", timeout=15_000)
    page.locator("#form button[type=submit], #form button").first.click()
    expect(page.locator("#answer")).to_contain_text("%", timeout=15_000)
    for name in ("API", "Metrics", "Status"):
        link = page.get_by_role("link", name=name, exact=True)
        address = page.evaluate("(each) => each.href", link.element_handle())
        assert address.startswith(f"{behind}/")
        assert httpx.get(address, timeout=20).is_success
    assert watched.faults == []
