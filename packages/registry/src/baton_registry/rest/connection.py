"""How the tracking server is reached: credentials, TLS, proxy, and what becomes of redirects.

MLflow's own client is the measure: a setting that works for it works here. The trainer uses both.
"""

from collections.abc import Generator
from dataclasses import dataclass, field

import httpx

from baton_registry.errors import RegistryRefused
from baton_registry.rest.proxies import Proxy
from baton_registry.rest.tls import Tls, create_context

READS = ("GET", "HEAD")
REWRITING = (301, 302, 303)
"""Clients repeat a write as a read after one of these, as browsers do."""

BasicAuth = tuple[str, str]


@dataclass(frozen=True)
class Connection:
    """How to reach a tracking server.

    Attributes:
        auth: a user and a password; they win over the token, as they do in MLflow.
        token: shown as a bearer token.
        tls: whom we trust, and how we show who we are.
        proxy: what stands between; None means nothing.
    """

    auth: BasicAuth | None = field(default=None, repr=False)
    token: str = field(default="", repr=False)
    tls: Tls = field(default_factory=Tls)
    proxy: Proxy | None = None


class _BearerAuth(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = self._header
        yield request


def open_http(
    uri: str,
    connection: Connection,
    *,
    timeout_s: float,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """An HTTP client of the server; close it when done.

    Raises:
        RegistryMisconfigured: a certificate or key cannot be read.
    """
    base = httpx.URL(uri)
    if transport is None:
        context = create_context(connection.tls, is_needed=base.scheme == "https")
        proxy = httpx.Proxy(connection.proxy.url) if connection.proxy else None
        transport = httpx.HTTPTransport(verify=context, proxy=proxy)
    return httpx.Client(
        base_url=base,
        timeout=timeout_s,
        auth=_auth(base, connection),
        transport=transport,
        trust_env=False,  # `Connection` holds what the environment says
        follow_redirects=True,
        event_hooks={"response": [_check_redirect]},
    )


def _auth(base: httpx.URL, connection: Connection) -> httpx.Auth | BasicAuth | None:
    if base.userinfo:
        return None  # httpx takes it from the address, as MLflow's client does before all else
    if connection.auth is not None:
        return connection.auth
    return _BearerAuth(connection.token) if connection.token else None


def _check_redirect(response: httpx.Response) -> None:
    """Lets httpx follow a redirect on the same host; to another port it sends no credentials.

    Raises:
        RegistryRefused: it leads elsewhere, out of TLS, or would make a read of a write.
    """
    if not response.has_redirect_location:
        return
    request = response.request
    try:
        target = request.url.join(response.headers["Location"])
    except httpx.InvalidURL:
        return  # httpx says what is wrong with it
    if why := _objection(request, target, response.status_code):
        base = str(target.copy_with(query=None, fragment=None, userinfo=b""))
        raise RegistryRefused(
            f"the registry at {_origin(request.url)} redirects to {base}, {why}; set"
            " MLFLOW_TRACKING_URI to the tracking server's own address",
            error_code="",
            status=response.status_code,
        )


def _objection(request: httpx.Request, target: httpx.URL, status: int) -> str | None:
    """Why the redirect is not followed; None where it is."""
    if target.host != request.url.host:
        return "another host, to which nothing was sent"
    if request.url.scheme == "https" and target.scheme != "https":
        return "out of TLS, where nothing was sent"
    if status in REWRITING and request.method not in READS:
        return f"which does not work for writing with status {status}"
    return None


def _origin(url: httpx.URL) -> str:
    return str(url.copy_with(raw_path=b"/", userinfo=b"", fragment=None)).rstrip("/")
