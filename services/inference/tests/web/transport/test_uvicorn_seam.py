"""The use of uvicorn's private API: this test fails if uvicorn changes it.

The speed of the service depends on two private parts of uvicorn: `_start_asgi_task`, which counts a
request before it starts, and the state that lets an answer be one write. Without them the service
works, but at a third of the speed, and no other test detects that.
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

original = connection.HttpConnection.connection_made
def connection_made(self, transport):
    original(self, CountingTransport(transport))
connection.HttpConnection.connection_made = connection_made
app, _ = make_app(Path(sys.argv[1]), make_live_version())
listener = listen("127.0.0.1", 0)
signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again after its shutdown
print(listener.getsockname()[1], flush=True)
serve(app, listener, CountingArrivals())
print(json.dumps(counts), flush=True)
"""


def test_each_request_is_counted_and_each_answer_is_one_write(tmp_path: Path) -> None:
    """In a real process, arrivals and writes equal the number of requests."""
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
