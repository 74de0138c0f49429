"""The seam to uvicorn's private parts: this fails when they move.

The speed of the service rests on two hooks that uvicorn does not promise: `_start_asgi_task`, by
which a request is counted before it begins, and the state that lets an answer be one write. Without
them the service still answers, three times as slowly, and no other test would notice.
"""

import json
import socket
import subprocess
import sys
from pathlib import Path

REQUESTS = 20
ROOT = Path(__file__).parents[5]
SERVICE = """
import json, signal, sys
from pathlib import Path
from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.transport import connection
from baton_inference.web.transport.listening import listen
from baton_inference.web.transport.server import serve
from tests.support.fakes.application import make_app
from tests.support.fakes.live_version import make_live_version

counts = {"arrivals": 0, "writes": 0}

class CountingTransport:
    def __init__(self, transport):
        self._transport = transport
    def write(self, data):
        counts["writes"] += 1
        self._transport.write(data)
    def __getattr__(self, name):
        return getattr(self._transport, name)

class CountingArrivals(Arrivals):
    def note_arrival(self):
        counts["arrivals"] += 1
        super().note_arrival()

made = connection.Protocol.connection_made
def connection_made(self, transport):
    made(self, CountingTransport(transport))
connection.Protocol.connection_made = connection_made
app, _ = make_app(Path(sys.argv[1]), make_live_version())
listener = listen("127.0.0.1", 0)
signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again at its end
print(listener.getsockname()[1], flush=True)
serve(app, listener, CountingArrivals())
print(json.dumps(counts), flush=True)
"""


def test_each_request_is_counted_and_each_answer_is_one_write(tmp_path: Path) -> None:
    """Over a real connection, in a real process: as many arrivals and writes as requests."""
    command = [sys.executable, "-c", SERVICE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as service:
        assert service.stdout is not None
        port = int(service.stdout.readline())
        with socket.create_connection(("127.0.0.1", port)) as client:
            for _ in range(REQUESTS):
                client.sendall(_request())
                assert b"200 OK" in _read_answer(client)
        service.terminate()
        counts = json.loads(service.stdout.readline())
    assert counts == {"arrivals": REQUESTS, "writes": REQUESTS}


def _request() -> bytes:
    body = json.dumps({"instances": [{"x": 0.5, "n": 1, "note": "a"}]}).encode()
    head = (
        "POST /predict HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _read_answer(client: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"}"):
        answer += client.recv(65536)
    return answer
