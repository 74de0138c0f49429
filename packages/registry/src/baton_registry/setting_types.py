"""The types of settings: what each may be, said in the words of its error."""

import re
import ssl
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, Field, PlainValidator, SecretStr, ValidationInfo

from baton_registry.rest.tls import create_trust_context, load_client_certificate
from baton_registry.versions.signing import TrustedKey, parse_trusted_keys


def is_http_address(text: str) -> bool:
    """Whether the text is an http or https address with a host."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        httpx.URL(text)  # stricter about host names
    except (ValueError, httpx.InvalidURL):  # no port number, or a bracket that is not closed
        return False
    return good and not any(character.isspace() for character in text)


def _http_uri(value: str) -> str:
    if not is_http_address(value):
        raise ValueError("an http:// or https:// address, e.g. http://127.0.0.1:5000")
    return value.rstrip("/")


def _host(value: str) -> str:
    host = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    if not host or any(character in "/[]@" or character.isspace() for character in host):
        raise ValueError("a host name or an address to listen on, e.g. 127.0.0.1, 0.0.0.0 or ::")
    return host


def format_url_host(host: str) -> str:
    """The host as a URL has it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def _model_name(value: str) -> str:
    if "/" in value or ":" in value or value in (".", ".."):
        raise ValueError("a name without / and :, as MLflow wants it")
    return value


def _alias(value: str) -> str:
    if not re.fullmatch(r"[\w-]+", value) or re.fullmatch(r"latest|v\d+", value, re.IGNORECASE):
        raise ValueError(
            "letters, digits, _ and -; not latest and not v1, which MLflow keeps for itself"
        )
    return value


Host = Annotated[str, AfterValidator(_host)]
"""An address to listen on; IPv6 also as URLs write it, in brackets."""


def _token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ValueError("a bearer token: printable ASCII without blanks")
    return SecretStr(token)


def _server_cert(value: Path, info: ValidationInfo) -> Path:
    if info.data.get("is_insecure"):
        raise ValueError("not together with MLFLOW_TRACKING_INSECURE_TLS; unset one of the two")
    create_trust_context(value)
    return value


def _client_cert(value: Path) -> Path:
    load_client_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), value)
    return value


HttpUri = Annotated[str, AfterValidator(_http_uri)]
Name = Annotated[str, Field(min_length=1, max_length=250)]
ModelName = Annotated[Name, AfterValidator(_model_name)]
Alias = Annotated[str, Field(max_length=250), AfterValidator(_alias)]
Token = Annotated[SecretStr, AfterValidator(_token)]
ServerCert = Annotated[Path, AfterValidator(_server_cert)]
ClientCert = Annotated[Path, AfterValidator(_client_cert)]
TrustedKeys = Annotated[tuple[TrustedKey, ...], PlainValidator(parse_trusted_keys)]
