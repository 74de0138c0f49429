"""MLflow's client and Baton's own reach a server in the same way: the trainer uses both."""

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request

from baton_registry.settings import load_settings
from baton_trainer import settings
from baton_trainer.settings import TrainerSettings


@dataclass
class Server:
    """A server that keeps the credentials of each request."""

    port: int
    credentials: list[str | None] = field(default_factory=list)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A running server; environment and home have no credentials."""
    monkeypatch.setattr(os, "environ", dict(os.environ))  # so changes stay in this test
    for name in [name for name in os.environ if name.startswith("MLFLOW_TRACKING_")]:
        del os.environ[name]
    os.environ["HOME"] = str(tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            running.credentials.append(self.headers.get("Authorization"))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        running = Server(httpd.server_port)
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield running
        httpd.shutdown()


def request_by_mlflow(uri: str) -> None:
    """Sends one request by MLflow's own client."""
    creds: Any = get_default_host_creds(uri)  # type: ignore[no-untyped-call]
    http_request(creds, "/api", "GET", max_retries=0)  # type: ignore[no-untyped-call]


FILE = "[mlflow]\nmlflow_tracking_username = filed\nmlflow_tracking_password = secret\n"
USER, PASSWORD = {"USERNAME": "u"}, {"PASSWORD": "p"}
TOKEN = {"TOKEN": "t"}


@pytest.mark.parametrize("stored", ["", FILE])
@pytest.mark.parametrize("user_of_address", ["", "x:y@"])
@pytest.mark.parametrize(
    "variables", [{}, USER, TOKEN, USER | PASSWORD, USER | TOKEN, USER | PASSWORD | TOKEN]
)
def test_both_clients_send_the_same_credentials(
    server: Server, variables: Mapping[str, str], user_of_address: str, stored: str
) -> None:
    """They come from the address, from variables, or from MLflow's file."""
    folder = Path(os.environ["HOME"]) / ".mlflow"
    folder.mkdir()
    (folder / "credentials").write_text(stored)
    uri = f"http://{user_of_address}127.0.0.1:{server.port}"
    os.environ |= {f"MLFLOW_TRACKING_{name}": value for name, value in variables.items()}
    os.environ["MLFLOW_TRACKING_URI"] = uri

    request_by_mlflow(uri)
    options = load_settings(TrainerSettings)
    settings.set_credentials(options)
    request_by_mlflow(uri)
    with options.open_registry() as registry:
        registry.get_model_tags("m")

    assert server.credentials == [server.credentials[0]] * 3


@pytest.mark.parametrize("exceptions", ["", "[::1],fd00::/8"])
def test_no_proxy_is_used_for_this_machine(server: Server, exceptions: str) -> None:
    """MLflow's client would use one by default."""
    os.environ |= {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "", "NO_PROXY": exceptions}
    os.environ["no_proxy"] = exceptions
    uri = os.environ["MLFLOW_TRACKING_URI"] = f"http://127.0.0.1:{server.port}"
    options = load_settings(TrainerSettings)
    settings.set_credentials(options)
    request_by_mlflow(uri)
    with options.open_registry() as registry:
        registry.get_model_tags("m")
    assert len(server.credentials) == 2


def test_empty_variables_are_unset_for_mlflow(server: Server) -> None:
    """With an empty path MLflow would not verify the server's certificate."""
    names = [f"MLFLOW_TRACKING_{name}_CERT_PATH" for name in ("SERVER", "CLIENT")]
    os.environ |= dict.fromkeys([*names, "MLFLOW_TRACKING_INSECURE_TLS"], "")
    settings.set_credentials(load_settings(TrainerSettings))
    creds: Any = get_default_host_creds("https://registry")  # type: ignore[no-untyped-call]
    assert (creds.verify, creds.client_cert_path) == (True, None)
