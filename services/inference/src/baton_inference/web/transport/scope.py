"""The ASGI scope of a request.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from asyncio import Transport
from typing import Any
from urllib.parse import unquote

import httptools

from baton_inference.web.answers.answer import Scope
from baton_inference.web.transport.exchange import Exchange
from baton_inference.web.transport.reader import InvalidRequest


def build_scope(exchange: Exchange, transport: Transport) -> Scope:
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
        "client": _get_address(transport, "peername"),
        "server": _get_address(transport, "sockname"),
    }


def _get_address(transport: Transport, name: str) -> tuple[str, int] | None:
    address: Any = transport.get_extra_info(name)
    return (str(address[0]), int(address[1])) if address else None
