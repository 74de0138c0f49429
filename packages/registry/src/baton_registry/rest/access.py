"""Access to the tracking server over HTTP: credentials, TLS, proxy and redirects.

It accepts the settings that MLflow's client accepts. The trainer uses both clients.
"""

from collections.abc import Generator
from dataclasses import dataclass, field

import httpx

from baton_registry.errors import RegistryRefused
from baton_registry.rest.proxies import Proxy
from baton_registry.rest.tls import Tls, create_context

READS = ("GET", "HEAD")
CONNECT_S = 5.0
"""How long a connection may take: a host that is gone is reported before a slow answer is."""
REWRITING = (301, 302, 303)
"""Statuses after which HTTP clients repeat a write as a GET."""

BasicAuth = tuple[str, str]


@dataclass(frozen=True)
class RegistryAccess:
    """How to reach a tracking server.

    Attributes:
        auth: username and password. They win over the token, as in MLflow.
        token: the bearer token.
        tls: the certificates to trust and to present.
        proxy: the proxy; None connects directly.
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
    access: RegistryAccess,
    *,
    timeout_s: float,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """Creates an HTTP client for the server. Close it when done.

    Raises:
        RegistryMisconfigured: a certificate or key cannot be read.
    """
    base = httpx.URL(uri)
    if transport is None:
        context = create_context(access.tls, is_needed=base.scheme == "https")
        proxy = httpx.Proxy(access.proxy.url) if access.proxy else None
        transport = httpx.HTTPTransport(verify=context, proxy=proxy)
    return httpx.Client(
        base_url=base,
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_S)),
        auth=_choose_auth(base, access),
        transport=transport,
        trust_env=False,  # `RegistryAccess` has the settings of the environment
        follow_redirects=True,
        event_hooks={"response": [_check_redirect]},
    )


def _choose_auth(base: httpx.URL, access: RegistryAccess) -> httpx.Auth | BasicAuth | None:
    if base.userinfo:
        return None  # httpx uses the credentials of the URL; they win in MLflow's client, too
    if access.auth is not None:
        return access.auth
    return _BearerAuth(access.token) if access.token else None


def _check_redirect(response: httpx.Response) -> None:
    """Allows redirects on the same host. httpx sends no credentials to another port.

    Raises:
        RegistryRefused: it leads to another host or out of TLS, or turns a write into a read.
    """
    if not response.has_redirect_location:
        return
    request = response.request
    try:
        target = request.url.join(response.headers["Location"])
    except httpx.InvalidURL:
        return  # httpx reports the invalid URL
    if reason := _find_objection(request, target, response.status_code):
        base = str(target.copy_with(query=None, fragment=None, userinfo=b""))
        raise RegistryRefused(
            f"the registry at {_get_origin(request.url)} redirects to {base}, {reason}; set"
            " MLFLOW_TRACKING_URI to the tracking server's final address",
            error_code="",
            status=response.status_code,
        )


def _find_objection(request: httpx.Request, target: httpx.URL, status: int) -> str | None:
    """Returns why the redirect is rejected, or None."""
    if target.host != request.url.host:
        return "which is another host; nothing was sent there"
    if request.url.scheme == "https" and target.scheme != "https":
        return "which is not https; nothing was sent there"
    if status in REWRITING and request.method not in READS:
        return f"and status {status} turns the write into a read"
    return None


def _get_origin(url: httpx.URL) -> str:
    return str(url.copy_with(raw_path=b"/", userinfo=b"", fragment=None)).rstrip("/")
