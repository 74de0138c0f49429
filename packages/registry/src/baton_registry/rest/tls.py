"""TLS for the tracking server, with the settings of MLflow's client."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import httpx

from baton_registry.errors import RegistryMisconfigured


@dataclass(frozen=True)
class Tls:
    """The certificates to trust and to present.

    Attributes:
        authorities: a PEM file or folder of CA certificates; None for the defaults.
        variable: the variable that sets the authorities.
        client: a PEM file with the client certificate and its key, or None.
        is_insecure: do not verify the server's certificate.
    """

    authorities: Path | None = None
    variable: str = "MLFLOW_TRACKING_SERVER_CERT_PATH"
    client: Path | None = None
    is_insecure: bool = False


def create_context(tls: Tls, *, is_needed: bool) -> ssl.SSLContext:
    """Creates the TLS context for httpx.

    Args:
        tls: the certificates to trust and to present.
        is_needed: whether the URL is https; if not, unreadable defaults are ignored.

    Raises:
        RegistryMisconfigured: a file cannot be read as a certificate or key.
    """
    context = _create_context(tls, is_needed=is_needed)
    if tls.client is not None:
        try:
            load_client_certificate(context, tls.client)
        except ValueError as error:
            raise RegistryMisconfigured(f"{tls.client}: {error}") from error
    return context


def _create_context(tls: Tls, *, is_needed: bool) -> ssl.SSLContext:
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
            f"{source}: cannot be read as certificates; set it to a PEM file, or unset it"
        ) from error


def create_trust_context(authorities: Path) -> ssl.SSLContext:
    """Creates a context that trusts only these certificates.

    Raises:
        ValueError: the certificates cannot be read.
    """
    is_folder = authorities.is_dir()
    try:
        return ssl.create_default_context(
            cafile=None if is_folder else authorities, capath=authorities if is_folder else None
        )
    except OSError as error:  # includes ssl.SSLError
        raise ValueError("must be a readable PEM file or folder of certificates") from error


def load_client_certificate(context: ssl.SSLContext, client: Path) -> None:
    """Adds a client certificate to the context.

    Raises:
        ValueError: the file cannot be read.
    """
    try:
        context.load_cert_chain(
            client, password=lambda: ""
        )  # else OpenSSL would prompt in the terminal
    except (OSError, ValueError) as error:
        raise ValueError(
            "must be a readable PEM file with a certificate and its unencrypted key"
        ) from error
