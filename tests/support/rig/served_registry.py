"""An in-memory tracking server behind a real port, for processes that need a registry."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from tests.support.fakes.memory_registry import build_mlmodel
from tests.support.fakes.registry import FakeMlflow, build_older_tags
from tests.support.rig.service_process import SCHEMA


class ServedRegistry(FakeMlflow):
    """The tracking server, and its address.

    Attributes:
        uri: its address.
    """

    uri = ""

    def add_model(self, version: str, model: bytes, weight: str | None = None) -> None:
        """Registers a version of the schema of `service_process`.

        Args:
            version: its number.
            model: its ONNX file's content.
            weight: its weight as a canary.
        """
        files = {"MLmodel": build_mlmodel(SCHEMA).encode(), "model.onnx": model}
        tags = {"baton.weight.canary": weight} if weight is not None else {}
        self.add(version, {**build_older_tags(files), **tags})
        self.files |= {f"{version}/{path}": content for path, content in files.items()}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, registry: ServedRegistry) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.registry = registry


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answers a GET; inference sends no other method."""
        request = httpx.Request("GET", f"{self.server.registry.uri}{self.path}")
        answer = self.server.registry.handle_request(request)
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers.get("content-type", "text/plain"))
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Logs nothing."""


@contextmanager
def serve_registry() -> Iterator[ServedRegistry]:
    """Runs an empty registry until the block ends."""
    registry = ServedRegistry()
    with _Server(registry) as server:
        registry.uri = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield registry
        finally:
            server.shutdown()
            thread.join()
