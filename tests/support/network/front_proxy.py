"""A reverse proxy with a path prefix, a bearer token, or a redirect."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

LOCAL = "127.0.0.1"
HOP_HEADERS = {"host", "connection", "transfer-encoding", "content-length", "authorization"}
"""Headers that each hop sets itself."""


class _Handler(BaseHTTPRequestHandler):
    """Reads bodies with a length or in chunks, and sends answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, headers, content = self.answer(self._read_body())
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def answer(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        pass

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


@contextmanager
def proxy_with_prefix(target: str, prefix: str, token: str | None = None) -> Iterator[str]:
    """Runs a proxy that removes the prefix and requires the token; yields its URL."""

    class Proxy(_Handler):
        def answer(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            if not self.path.startswith(f"{prefix}/"):
                return 404, {"Content-Type": "text/html"}, b"<html>not below the prefix</html>"
            if token and self.headers.get("Authorization") != f"Bearer {token}":
                return 401, {"Content-Type": "text/html"}, b"<html>who?</html>"
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_HEADERS}
            path = self.path.removeprefix(prefix)
            answer = client.request(self.command, path, content=body, headers=headers)
            dropped = HOP_HEADERS | {"content-encoding"}  # httpx has decoded it
            kept = {k: v for k, v in answer.headers.items() if k.lower() not in dropped}
            return answer.status_code, kept, answer.content

    with (
        httpx.Client(base_url=target, timeout=60, trust_env=False) as client,
        _run(Proxy) as url,
    ):
        yield f"{url}{prefix}"


@contextmanager
def redirect_to(target: str, status: int = 308) -> Iterator[str]:
    """Runs a server that redirects every request to the target; yields its URL."""

    class Redirect(_Handler):
        def answer(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            return status, {"Location": f"{target}{self.path}"}, b""

    with _run(Redirect) as url:
        yield url


@contextmanager
def _run(handler: type[_Handler]) -> Iterator[str]:
    with ThreadingHTTPServer((LOCAL, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{LOCAL}:{server.server_port}"
        finally:
            server.shutdown()
