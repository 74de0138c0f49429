"""Which proxy stands between us and the registry, by the variables that curl and others read.

httpx reads them by itself and raises on values that other programs live with, such as networks of
IPv6 in NO_PROXY. Here a value is judged only when the registry cannot be reached without it.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import SplitResult, urlsplit

import httpx

from baton_registry.errors import RegistryMisconfigured

HTTP_SCHEMES = ("http", "https")
SOCKS_SCHEMES = ("socks5", "socks5h")
DEFAULT_PORTS = {"http": 80, "https": 443}

Proxies = Mapping[str, str]
"""As `urllib.request.getproxies` gives them: by scheme, or `all`; exceptions under `no`."""


@dataclass(frozen=True)
class Proxy:
    """A proxy that can be used.

    Attributes:
        url: its address, with user and password if it has any.
        variable: what names it.
    """

    url: str
    variable: str

    @property
    def description(self) -> str:
        """Its address without user and password, and where it comes from."""
        return f"{_without_user(self.url)} ({self.variable})"


def choose_proxy(uri: str, proxies: Proxies) -> Proxy | None:
    """The proxy for requests to the registry; None where they go there directly.

    Raises:
        RegistryMisconfigured: the registry needs a proxy, and what is set is none.
    """
    target = urlsplit(uri)
    if is_exempt(target, proxies.get("no", "")):
        return None
    for scheme in (target.scheme, "all"):
        if proxies.get(scheme):
            return _checked(proxies[scheme].strip(), f"{scheme.upper()}_PROXY", target)
    return None


def is_exempt(target: SplitResult, exceptions: str) -> bool:
    """Whether the target is this machine itself, or one of the exceptions.

    An exception is `*`, a host or the domain that it is in, an address, or a network of addresses;
    with or without brackets, with or without a port. What is none of these is ignored.
    """
    host = target.hostname or ""
    if _is_loopback(host):  # as in Go: no proxy can reach what only this machine can
        return True
    port = target.port or DEFAULT_PORTS.get(target.scheme)
    return any(_covers(entry.strip().lower(), host, port) for entry in exceptions.split(","))


def _covers(exception: str, host: str, port: int | None) -> bool:
    if exception == "*":
        return True
    name, its_port = _split_port(exception)
    if not name or its_port not in ("", str(port)):
        return False
    return host == name or host.endswith(f".{name.lstrip('.')}") or _holds(name, host)


def _split_port(exception: str) -> tuple[str, str]:
    """Name and port of an exception; an IPv6 address without brackets has no port."""
    if exception.startswith("["):
        name, _, rest = exception[1:].partition("]")
        return (name + rest, "") if rest.startswith("/") else (name, rest.removeprefix(":"))
    name, separator, port = exception.rpartition(":")
    return (name, port) if separator and ":" not in name else (exception, "")


def _is_loopback(host: str) -> bool:
    address = _address(host)
    is_name = host == "localhost" or host.endswith(".localhost")
    return is_name if address is None else address.is_loopback


def _holds(network: str, host: str) -> bool:
    """Whether this address or network holds the host; False where either is none."""
    address = _address(host)
    try:
        return address is not None and address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _checked(value: str, variable: str, target: SplitResult) -> Proxy:
    """The proxy that the variable names.

    Raises:
        RegistryMisconfigured: it names none that can be used.
    """
    url = value if "://" in value else f"http://{value}"
    if why := _objection(url):
        raise RegistryMisconfigured(
            f"{variable}={_without_user(value)!r}: {why}; if the registry at {target.hostname}"
            " needs no proxy, add that host to NO_PROXY"
        )
    return Proxy(url, variable)


def _objection(url: str) -> str | None:
    """Why this is not the address of a proxy that can be used; None where it is."""
    try:
        parts = urlsplit(url)
        has_address = bool(parts.hostname) and parts.port != 0
        httpx.URL(url)  # stricter about host names
    except (ValueError, httpx.InvalidURL):
        return "not the address of a proxy, e.g. http://proxy:3128"
    if parts.scheme not in (*HTTP_SCHEMES, *SOCKS_SCHEMES) or not has_address or " " in url:
        return "not the address of a proxy (http://, https:// or socks5://), e.g. http://proxy:3128"
    if parts.scheme in SOCKS_SCHEMES and find_spec("socksio") is None:
        return "a SOCKS proxy needs the package socksio, which is not installed"
    return None


def _without_user(url: str) -> str:
    head, separator, rest = url.rpartition("@")
    scheme, has_scheme, _ = head.partition("://")
    return f"{scheme}://{rest}" if separator and has_scheme else rest
