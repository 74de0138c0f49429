"""Credentials, and redirects: whom the client speaks to, and what it shows there."""

import base64
from collections.abc import Callable

import httpx
import pytest

from baton_registry.errors import RegistryRefused
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.connection import Connection

URI = "http://registry:5000/mlflow"
VERSION = {"model_version": {"name": "m", "version": "1", "source": "models:/m-1", "tags": []}}


class Server(httpx.BaseTransport):
    """Answers a version at `home`, redirects everything else there; notes what it was shown."""

    def __init__(self, home: str, status: int = 308) -> None:
        self.home = home
        self.status = status
        self.seen: list[tuple[str, str, str | None]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        where = str(request.url.copy_with(query=None, userinfo=b""))
        self.seen.append((request.method, where, request.headers.get("Authorization")))
        if where.startswith(self.home):
            return httpx.Response(200, json=VERSION)
        path = request.url.raw_path.decode().removeprefix("/mlflow")
        return httpx.Response(self.status, headers={"Location": self.home + path})

    @property
    def shown(self) -> list[str | None]:
        """The credentials of each request."""
        return [authorization for _, _, authorization in self.seen]


def get(server: Server, uri: str = URI, connection: Connection | None = None) -> None:
    with RegistryClient(uri, connection=connection, transport=server) as client:
        assert client.get_version("m", "1").version == "1"


def write(server: Server) -> None:
    with RegistryClient(URI, transport=server) as client:
        client.set_alias("m", "production", "1")


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("uri", "connection", "expected"),
    [
        (URI, None, None),
        (URI, Connection(token="t"), "Bearer t"),
        (URI, Connection(auth=("u", "p")), basic("u", "p")),
        (URI, Connection(auth=("u", "p"), token="t"), basic("u", "p")),
        (
            "http://x:y@registry:5000/mlflow",
            Connection(auth=("u", "p"), token="t"),
            basic("x", "y"),
        ),
    ],
)
def test_what_is_shown(uri: str, connection: Connection | None, expected: str | None) -> None:
    """As with MLflow's client: the address's user first, then a user and password, then a token."""
    server = Server(URI)
    get(server, uri, connection)
    assert server.shown == [expected]


SAME_HOST = [
    ("http://registry:5000/elsewhere", "Bearer t"),
    ("http://registry:5123", None),
    ("https://registry", None),
]


@pytest.mark.parametrize(("home", "expected"), SAME_HOST)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_host_is_followed(
    home: str, expected: str | None, status: int
) -> None:
    """The credentials go along to the same scheme and port only."""
    server = Server(home, status)
    get(server, connection=Connection(token="t"))
    assert server.shown == ["Bearer t", expected]


def test_http_to_https_keeps_the_credentials() -> None:
    """Both on their usual ports: one server that wants TLS."""
    server = Server("https://registry/mlflow")
    get(server, "http://registry/mlflow", Connection(auth=("u", "p")))
    assert server.shown == [basic("u", "p")] * 2


@pytest.mark.parametrize("call", [get, write])
@pytest.mark.parametrize("home", ["http://elsewhere:5000", "https://registry.evil"])
def test_a_redirect_to_another_host_is_not_followed(
    call: Callable[[Server], None], home: str
) -> None:
    """One line says where it leads, and nothing is sent there."""
    server = Server(home)
    with pytest.raises(
        RegistryRefused, match=f"redirects to {home}.*MLFLOW_TRACKING_URI"
    ) as caught:
        call(server)
    assert "\n" not in str(caught.value)
    assert len(server.seen) == 1


def test_a_redirect_out_of_tls_is_not_followed() -> None:
    """What was to be private stays so."""
    server = Server("http://registry")
    with pytest.raises(RegistryRefused, match="out of TLS"):
        get(server, "https://registry/x")
    assert len(server.seen) == 1


def test_a_write_is_redirected_whole_or_not_at_all() -> None:
    """308 keeps method and body; 301 would make a read of it, which could look like success."""
    server = Server("http://registry:5000/new")
    write(server)
    assert [method for method, _, _ in server.seen] == ["POST", "POST"]
    with pytest.raises(RegistryRefused, match="writing with status 301"):
        write(Server("http://registry:5000/new", 301))
