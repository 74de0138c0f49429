"""A server that counts the deliveries of webhooks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.errors import CannotRun

LIMIT_S = 30.0


class Receiver:
    """Counts deliveries.

    Attributes:
        url: the address for deliveries.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._deliveries = threading.Semaphore(0)

    def count(self) -> None:
        """Counts a delivery."""
        self._deliveries.release()

    def wait(self) -> None:
        """Waits for the next delivery that has not been waited for.

        Raises:
            CannotRun: none has arrived within half a minute.
        """
        if not self._deliveries.acquire(timeout=LIMIT_S):
            raise CannotRun(f"the tracking server has sent no webhook within {LIMIT_S:.0f} s")


@contextmanager
def receive_webhooks() -> Iterator[Receiver]:
    """Runs a receiver on a free port of the loopback device."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(HTTPStatus.ACCEPTED)
            self.send_header("Content-Length", "0")
            self.end_headers()
            receiver.count()

        def log_message(self, *_: object) -> None:
            """Writes nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/webhooks/mlflow")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
