"""The ASGI scope of a request.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from asyncio import Transport
from typing import Any, NamedTuple
from urllib.parse import unquote

import httptools

from baton_inference.web.answers.answer import Scope
from baton_inference.web.transport.exchange import Exchange
from baton_inference.web.transport.reader import InvalidRequest

Address = tuple[str, int]


class Addresses(NamedTuple):
    """Both ends of a connection, as host and port; None if unknown."""

    client: Address | None
    server: Address | None


def read_addresses(transport: Transport) -> Addresses:
    """Reads the addresses of a connection: two system calls, so once per connection."""
    return Addresses(_get_address(transport, "peername"), _get_address(transport, "sockname"))


def build_scope(exchange: Exchange, addresses: Addresses) -> Scope:
    """Builds the scope of a request whose head has arrived.

    Raises:
        InvalidRequest: the request target is not a path on this server.
    """
    try:
        target = httptools.parse_url(exchange.target)
        raw_path: bytes = target.path or b""
        path = unquote(raw_path.decode("ascii"))
    except (httptools.HttpParserInvalidURLError, UnicodeDecodeError) as error:
        raise InvalidRequest(400, "Invalid HTTP request received.") from error
    if not path:
        raise InvalidRequest(400, "Invalid HTTP request received.")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": exchange.version,
        "method": exchange.method,
        "scheme": "http",
        "path": path,
        "raw_path": raw_path,
        "query_string": target.query or b"",
        "root_path": "",
        "headers": exchange.headers,
        "client": addresses.client,
        "server": addresses.server,
    }


def _get_address(transport: Transport, name: str) -> Address | None:
    address: Any = transport.get_extra_info(name)
    return (str(address[0]), int(address[1])) if address else None
