"""Chooses the proxy for the registry from the usual proxy variables.

httpx would read them itself, but rejects values that other programs accept, such as IPv6 networks
in NO_PROXY. Baton validates a value only if it needs it to reach the registry.
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
"""As `urllib.request.getproxies` returns them: by scheme or `all`, exceptions under `no`."""


@dataclass(frozen=True)
class Proxy:
    """A valid proxy.

    Attributes:
        url: the address, with credentials if it has any.
        variable: the variable that sets it.
    """

    url: str
    variable: str

    @property
    def description(self) -> str:
        """The address without credentials, and the variable that sets it."""
        return f"{_remove_credentials(self.url)} ({self.variable})"


def choose_proxy(uri: str, proxies: Proxies) -> Proxy | None:
    """Chooses the proxy for the registry; None for a direct connection.

    Raises:
        RegistryMisconfigured: the proxy setting is invalid.
    """
    target = urlsplit(uri)
    if is_exempt(target, proxies.get("no", "")):
        return None
    for scheme in (target.scheme, "all"):
        if proxies.get(scheme):
            return _parse_proxy(proxies[scheme].strip(), f"{scheme.upper()}_PROXY", target)
    return None


def is_exempt(target: SplitResult, exceptions: str) -> bool:
    """Whether the target is this machine or one of the exceptions in NO_PROXY.

    An exception is `*`, a host, a domain, an address or a network, with or without brackets and
    port. Invalid exceptions are ignored.
    """
    host = target.hostname or ""
    if _is_loopback(host):  # as in Go: a proxy cannot reach this machine's loopback
        return True
    port = target.port or DEFAULT_PORTS.get(target.scheme)
    return any(_covers(entry.strip().lower(), host, port) for entry in exceptions.split(","))


def _covers(exception: str, host: str, port: int | None) -> bool:
    if exception == "*":
        return True
    name, its_port = _split_port(exception)
    if not name or its_port not in ("", str(port)):
        return False
    return host == name or host.endswith(f".{name.lstrip('.')}") or _contains(name, host)


def _split_port(exception: str) -> tuple[str, str]:
    """Splits an exception into name and port. An IPv6 address without brackets has no port."""
    if exception.startswith("["):
        name, _, rest = exception[1:].partition("]")
        return (name + rest, "") if rest.startswith("/") else (name, rest.removeprefix(":"))
    name, separator, port = exception.rpartition(":")
    return (name, port) if separator and ":" not in name else (exception, "")


def _is_loopback(host: str) -> bool:
    address = _parse_address(host)
    is_name = host == "localhost" or host.endswith(".localhost")
    return is_name if address is None else address.is_loopback


def _contains(network: str, host: str) -> bool:
    """Whether an address or network contains the host; False if either is invalid."""
    address = _parse_address(host)
    try:
        return address is not None and address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _parse_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _parse_proxy(value: str, variable: str, target: SplitResult) -> Proxy:
    """Parses the address of a proxy.

    Raises:
        RegistryMisconfigured: the address is invalid.
    """
    url = value if "://" in value else f"http://{value}"
    if reason := _find_objection(url):
        raise RegistryMisconfigured(
            f"{variable}={_remove_credentials(value)!r}: {reason}; if the registry needs no proxy,"
            f" add {target.hostname} to NO_PROXY"
        )
    return Proxy(url, variable)


def _find_objection(url: str) -> str | None:
    """Returns why the proxy address is invalid, or None."""
    try:
        parts = urlsplit(url)
        has_address = bool(parts.hostname) and parts.port != 0
        httpx.URL(url)  # stricter about host names
    except (ValueError, httpx.InvalidURL):
        return "must be a proxy URL, e.g. http://proxy:3128"
    if parts.scheme not in (*HTTP_SCHEMES, *SOCKS_SCHEMES) or not has_address or " " in url:
        return "must be a proxy URL (http://, https:// or socks5://), e.g. http://proxy:3128"
    if parts.scheme in SOCKS_SCHEMES and find_spec("socksio") is None:
        return "a SOCKS proxy needs the package socksio, which is not installed"
    return None


def _remove_credentials(url: str) -> str:
    head, separator, rest = url.rpartition("@")
    scheme, has_scheme, _ = head.partition("://")
    return f"{scheme}://{rest}" if separator and has_scheme else rest
