"""TLS towards the tracking server, by what MLflow's own client is told about it."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import httpx

from baton_registry.errors import RegistryMisconfigured


@dataclass(frozen=True)
class Tls:
    """Whom we trust, and how we show who we are.

    Attributes:
        authorities: a file or folder of certificates in PEM; None means the usual ones.
        variable: what names the authorities.
        client: a file with our certificate and its key in PEM; None means that we have none.
        is_insecure: the server's certificate is not looked at.
    """

    authorities: Path | None = None
    variable: str = "MLFLOW_TRACKING_SERVER_CERT_PATH"
    client: Path | None = None
    is_insecure: bool = False


def create_context(tls: Tls, *, is_needed: bool) -> ssl.SSLContext:
    """What httpx does TLS with.

    Args:
        tls: whom we trust, and how we show who we are.
        is_needed: whether the address is an https one; the usual certificates of another may be
            unreadable.

    Raises:
        RegistryMisconfigured: a file cannot be read, or is not what it should be.
    """
    context = _context(tls, is_needed=is_needed)
    if tls.client is not None:
        try:
            load_client_certificate(context, tls.client)
        except ValueError as error:
            raise RegistryMisconfigured(f"{tls.client}: {error}") from error
    return context


def _context(tls: Tls, *, is_needed: bool) -> ssl.SSLContext:
    if tls.is_insecure:
        return httpx.create_ssl_context(verify=False)
    try:
        return (
            create_trust_context(tls.authorities) if tls.authorities else httpx.create_ssl_context()
        )
    except (OSError, ValueError) as error:
        if not is_needed:
            return httpx.create_ssl_context(trust_env=False)
        source = f"{tls.variable}={tls.authorities}" if tls.authorities else "SSL_CERT_FILE or _DIR"
        raise RegistryMisconfigured(
            f"{source}: cannot be read as certificates; name a PEM file, or unset it"
        ) from error


def create_trust_context(authorities: Path) -> ssl.SSLContext:
    """A context that trusts these certificates and no others.

    Raises:
        ValueError: they cannot be read.
    """
    is_folder = authorities.is_dir()
    try:
        return ssl.create_default_context(
            cafile=None if is_folder else authorities, capath=authorities if is_folder else None
        )
    except OSError as error:  # as are the errors of TLS
        raise ValueError("a readable PEM file of certificates, or a folder of them") from error


def load_client_certificate(context: ssl.SSLContext, client: Path) -> None:
    """Lets the context show this certificate.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        context.load_cert_chain(client, password=lambda: "")  # else it would ask in the terminal
    except (OSError, ValueError) as error:
        raise ValueError(
            "a readable PEM file with a certificate and its key, not encrypted"
        ) from error
