"""Credentials and redirects."""

import base64
from collections.abc import Callable

import httpx
import pytest

from baton_registry.errors import RegistryRefused
from baton_registry.rest.access import RegistryAccess
from baton_registry.rest.client import RegistryClient

URI = "http://registry:5000/mlflow"
VERSION = {"model_version": {"name": "m", "version": "1", "source": "models:/m-1", "tags": []}}


class Server(httpx.BaseTransport):
    """Answers below `home`, redirects everything else there, and records the requests."""

    def __init__(self, home: str, status: int = 308) -> None:
        self.home = home
        self.status = status
        self.requests: list[tuple[str, str, str | None]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url.copy_with(query=None, userinfo=b""))
        self.requests.append((request.method, url, request.headers.get("Authorization")))
        if url.startswith(self.home):
            return httpx.Response(200, json=VERSION)
        path = request.url.raw_path.decode().removeprefix("/mlflow")
        return httpx.Response(self.status, headers={"Location": self.home + path})

    @property
    def credentials(self) -> list[str | None]:
        """The credentials of each request."""
        return [authorization for _, _, authorization in self.requests]


def get(server: Server, uri: str = URI, access: RegistryAccess | None = None) -> None:
    with RegistryClient(uri, access=access, transport=server) as client:
        assert client.get_version("m", "1").version == "1"


def write(server: Server) -> None:
    with RegistryClient(URI, transport=server) as client:
        client.set_alias("m", "production", "1")


def encode_basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("uri", "access", "expected"),
    [
        (URI, None, None),
        (URI, RegistryAccess(token="t"), "Bearer t"),
        (URI, RegistryAccess(auth=("u", "p")), encode_basic("u", "p")),
        (URI, RegistryAccess(auth=("u", "p"), token="t"), encode_basic("u", "p")),
        (
            "http://x:y@registry:5000/mlflow",
            RegistryAccess(auth=("u", "p"), token="t"),
            encode_basic("x", "y"),
        ),
    ],
)
def test_credentials_in_order_of_precedence(
    uri: str, access: RegistryAccess | None, expected: str | None
) -> None:
    """As in MLflow's client: the URL's, then username and password, then the token."""
    server = Server(URI)
    get(server, uri, access)
    assert server.credentials == [expected]


SAME_HOST = [
    ("http://registry:5000/elsewhere", "Bearer t"),
    ("http://registry:5123", None),
    ("https://registry", None),
]


@pytest.mark.parametrize(("home", "expected"), SAME_HOST)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_on_the_same_host_is_followed(
    home: str, expected: str | None, status: int
) -> None:
    """Credentials are sent only to the same scheme and port."""
    server = Server(home, status)
    get(server, access=RegistryAccess(token="t"))
    assert server.credentials == ["Bearer t", expected]


def test_http_to_https_keeps_the_credentials() -> None:
    """If both use their default ports."""
    server = Server("https://registry/mlflow")
    get(server, "http://registry/mlflow", RegistryAccess(auth=("u", "p")))
    assert server.credentials == [encode_basic("u", "p")] * 2


@pytest.mark.parametrize("call", [get, write])
@pytest.mark.parametrize("home", ["http://elsewhere:5000", "https://registry.evil"])
def test_redirect_to_another_host_is_rejected(call: Callable[[Server], None], home: str) -> None:
    """Nothing is sent there."""
    server = Server(home)
    with pytest.raises(
        RegistryRefused, match=f"redirects to {home}.*MLFLOW_TRACKING_URI"
    ) as caught:
        call(server)
    assert "\n" not in str(caught.value)
    assert len(server.requests) == 1


def test_redirect_out_of_tls_is_rejected() -> None:
    server = Server("http://registry")
    with pytest.raises(RegistryRefused, match="not https"):
        get(server, "https://registry/x")
    assert len(server.requests) == 1


def test_redirect_that_changes_a_write_is_rejected() -> None:
    """308 keeps method and body; 301 turns the write into a read, which may look like success."""
    server = Server("http://registry:5000/new")
    write(server)
    assert [method for method, _, _ in server.requests] == ["POST", "POST"]
    with pytest.raises(RegistryRefused, match="status 301 turns the write"):
        write(Server("http://registry:5000/new", 301))
