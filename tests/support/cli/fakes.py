"""A stack in this process: a registry and inference list_processes, answering on real ports."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx

from tests.support.fakes.registry import ALIAS, MODEL, Body, FakeMlflow

Transport = httpx.BaseTransport


class Registry(FakeMlflow):
    """The fake registry with a list of versions."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/model-versions/search"):
            versions = list(reversed(self.versions.values()))
            return httpx.Response(200, json={"model_versions": versions})
        return super().handle_request(request)


class Inference(httpx.BaseTransport):
    """A fake inference process. With a registry, it serves the version of its alias."""

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
        body = build_status(self.version, alias=self.alias, failure=self.failure)
        return drop_output_check(body) if self.is_older else body


def drop_output_check(body: Body) -> Body:
    """Converts a status to that of an older release, which does not check outputs."""
    serving = dict(body["serving"] or {})
    serving.pop("outputs_checked", None)
    return {**body, "serving": serving or None}


def build_status(version: str | None, *, alias: str = ALIAS, failure: Body | None = None) -> Body:
    """Builds the part of `/status` that the command line reads."""
    return {
        "model_name": MODEL,
        "alias": alias,
        "state": "waiting" if version is None else "serving",
        "serving": None if version is None else {"version": version, "outputs_checked": True},
        "registry": {"reachable": True},
        "last_load_failure": failure,
    }


def build_load_failure(version: str, reason: str = "no ONNX model", attempts: int = 1) -> Body:
    return {"version": version, "reason": reason, "at": "2026-01-01", "attempts": attempts}


@contextmanager
def serve(answers: Transport) -> Iterator[str]:
    """Serves a transport over HTTP on a free port; yields its URL."""

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

        do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - names of the base class

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - name of the base class
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
