"""MLflow's client and ours reach a server alike: the trainer uses both."""

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
class Place:
    """A server that notes the credentials that it is shown."""

    port: int
    shown: list[str | None] = field(default_factory=list)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """It runs, and the environment and the home are empty of credentials."""
    monkeypatch.setattr(os, "environ", dict(os.environ))  # what MLflow is told stays here
    for name in [name for name in os.environ if name.startswith("MLFLOW_TRACKING_")]:
        del os.environ[name]
    os.environ["HOME"] = str(tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.shown.append(self.headers.get("Authorization"))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        found = Place(httpd.server_port)
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield found
        httpd.shutdown()


def ask_by_mlflow(uri: str) -> None:
    """One question by MLflow's own client, with what the environment says now."""
    creds: Any = get_default_host_creds(uri)  # type: ignore[no-untyped-call]
    http_request(creds, "/api", "GET", max_retries=0)  # type: ignore[no-untyped-call]


FILE = "[mlflow]\nmlflow_tracking_username = filed\nmlflow_tracking_password = secret\n"
USER, PASSWORD = {"USERNAME": "u"}, {"PASSWORD": "p"}
TOKEN = {"TOKEN": "t"}


@pytest.mark.parametrize("stored", ["", FILE])
@pytest.mark.parametrize("user_of_address", ["", "x:y@"])
@pytest.mark.parametrize(
    "given", [{}, USER, TOKEN, USER | PASSWORD, USER | TOKEN, USER | PASSWORD | TOKEN]
)
def test_credentials_are_shown_alike(
    place: Place, given: Mapping[str, str], user_of_address: str, stored: str
) -> None:
    """Whatever is set: the address's own user, a user and password, a token, MLflow's file."""
    folder = Path(os.environ["HOME"]) / ".mlflow"
    folder.mkdir()
    (folder / "credentials").write_text(stored)
    uri = f"http://{user_of_address}127.0.0.1:{place.port}"
    os.environ |= {f"MLFLOW_TRACKING_{name}": value for name, value in given.items()}
    os.environ["MLFLOW_TRACKING_URI"] = uri

    ask_by_mlflow(uri)
    options = load_settings(TrainerSettings)
    settings.give_credentials(options)
    ask_by_mlflow(uri)
    with options.open_registry() as registry:
        registry.get_model_tags("m")

    assert place.shown == [place.shown[0]] * 3


@pytest.mark.parametrize("exceptions", ["", "[::1],fd00::/8"])
def test_no_proxy_is_asked_for_this_machine(place: Place, exceptions: str) -> None:
    """MLflow's client would ask one; ours does not, and tells it."""
    os.environ |= {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "", "NO_PROXY": exceptions}
    os.environ["no_proxy"] = exceptions
    uri = os.environ["MLFLOW_TRACKING_URI"] = f"http://127.0.0.1:{place.port}"
    options = load_settings(TrainerSettings)
    settings.give_credentials(options)
    ask_by_mlflow(uri)
    with options.open_registry() as registry:
        registry.get_model_tags("m")
    assert len(place.shown) == 2


def test_variables_set_to_nothing_are_unset_for_mlflow(place: Place) -> None:
    """It would take an empty path for a reason not to look at the server's certificate."""
    names = [f"MLFLOW_TRACKING_{name}_CERT_PATH" for name in ("SERVER", "CLIENT")]
    os.environ |= dict.fromkeys([*names, "MLFLOW_TRACKING_INSECURE_TLS"], "")
    settings.give_credentials(load_settings(TrainerSettings))
    creds: Any = get_default_host_creds("https://registry")  # type: ignore[no-untyped-call]
    assert (creds.verify, creds.client_cert_path) == (True, None)
