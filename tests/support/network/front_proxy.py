"""A proxy as it stands before many servers: a path prefix, a bearer token, or a redirect."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

LOCAL = "127.0.0.1"
OWN = {"host", "connection", "transfer-encoding", "content-length", "authorization"}
"""Headers that each hop writes for itself."""


class _Handler(BaseHTTPRequestHandler):
    """What the proxies share: answers, and bodies of both kinds."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, headers, content = self.answered(self._body())
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - as http.server wants them

    def answered(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        pass

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


@contextmanager
def fronted(target: str, prefix: str, token: str | None = None) -> Iterator[str]:
    """Takes the prefix off and asks for the token; gives the address with the prefix."""

    class Proxy(_Handler):
        def answered(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            if not self.path.startswith(f"{prefix}/"):
                return 404, {"Content-Type": "text/html"}, b"<html>not below the prefix</html>"
            if token and self.headers.get("Authorization") != f"Bearer {token}":
                return 401, {"Content-Type": "text/html"}, b"<html>who?</html>"
            headers = {k: v for k, v in self.headers.items() if k.lower() not in OWN}
            path = self.path.removeprefix(prefix)
            answer = client.request(self.command, path, content=body, headers=headers)
            dropped = OWN | {"content-encoding"}  # httpx has decoded it
            given = {k: v for k, v in answer.headers.items() if k.lower() not in dropped}
            return answer.status_code, given, answer.content

    with (
        httpx.Client(base_url=target, timeout=60, trust_env=False) as client,
        _running(Proxy) as at,
    ):
        yield f"{at}{prefix}"


@contextmanager
def redirecting(target: str, status: int = 308) -> Iterator[str]:
    """Redirects everything to the target; gives its own address."""

    class Redirect(_Handler):
        def answered(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            return status, {"Location": f"{target}{self.path}"}, b""

    with _running(Redirect) as at:
        yield at


@contextmanager
def _running(handler: type[_Handler]) -> Iterator[str]:
    with ThreadingHTTPServer((LOCAL, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{LOCAL}:{server.server_port}"
        finally:
            server.shutdown()
