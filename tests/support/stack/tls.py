"""TLS handshakes with the stack."""

import socket
import ssl
import warnings
from urllib.parse import urlsplit


def negotiate_tls(url: str, offered: ssl.TLSVersion) -> str | None:
    """Offers one TLS version; returns the negotiated version."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")  # otherwise OpenSSL itself rejects it
    with warnings.catch_warnings(action="ignore"):  # TLS 1.1 is deprecated
        context.minimum_version = context.maximum_version = offered
    parts = urlsplit(url)
    assert parts.hostname is not None
    with (
        socket.create_connection((parts.hostname, parts.port or 443), timeout=10) as plain,
        context.wrap_socket(plain) as wrapped,
    ):
        return wrapped.version()
