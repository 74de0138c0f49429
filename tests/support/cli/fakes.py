"""A stack in this process: a registry and inference processes, answering on real ports."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx

from tests.support.fakes.registry import ALIAS, MODEL, Body, FakeMlflow

Answers = httpx.BaseTransport


class Registry(FakeMlflow):
    """The registry's fake, which can also list its versions."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/model-versions/search"):
            found = list(reversed(self.versions.values()))
            return httpx.Response(200, json={"model_versions": found})
        return super().handle_request(request)


class Inference(httpx.BaseTransport):
    """An inference process: serves what `follows` says its alias points to."""

    def __init__(self, registry: Registry | None = None) -> None:
        self.registry = registry
        self.version: str | None = None
        self.alias = ALIAS
        self.failure: Body | None = None
        self.is_older = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.registry is not None:
            self.version = self.registry.aliases.get(self.alias)
        return httpx.Response(200, json=self.status())

    def status(self) -> Body:
        body = status(self.version, alias=self.alias, failure=self.failure)
        return older(body) if self.is_older else body


def older(body: Body) -> Body:
    """The same from a process of a release that did not check the answers of what it loads."""
    serving = dict(body["serving"] or {})
    serving.pop("outputs_checked", None)
    return {**body, "serving": serving or None}


def status(version: str | None, *, alias: str = ALIAS, failure: Body | None = None) -> Body:
    """What `/status` says, as far as the command line reads it."""
    return {
        "model_name": MODEL,
        "alias": alias,
        "state": "waiting" if version is None else "serving",
        "serving": None if version is None else {"version": version, "outputs_checked": True},
        "registry": {"reachable": True},
        "last_load_failure": failure,
    }


def load_failure(version: str, reason: str = "no ONNX model", attempts: int = 1) -> Body:
    return {"version": version, "reason": reason, "at": "2026-01-01", "attempts": attempts}


@contextmanager
def listening(answers: Answers) -> Iterator[str]:
    """Serves a transport over HTTP on a free port, and gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            url = f"http://{self.headers['Host']}{self.path}"
            request = httpx.Request(self.command, url, content=self.rfile.read(length))
            answer = answers.handle_request(request)
            body = answer.read()
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - their names there

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
