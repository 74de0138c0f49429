"""Types of settings. Each error message says what is allowed."""

import re
import ssl
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, Field, PlainValidator, SecretStr, ValidationInfo

from baton_common.hosts import parse_host
from baton_registry.rest.tls import create_trust_context, load_client_certificate
from baton_registry.versions.keys import parse_trusted_keys
from baton_registry.versions.signing import TrustedKey


def is_http_address(text: str) -> bool:
    """Whether the text is an http or https URL with a host."""
    try:
        parts = urlsplit(text)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        httpx.URL(text)  # stricter about host names
    except (ValueError, httpx.InvalidURL):  # invalid port, or an unclosed bracket
        return False
    return is_valid and not any(character.isspace() for character in text)


def _check_uri(value: str) -> str:
    if not is_http_address(value):
        raise ValueError("must be an http:// or https:// URL, e.g. http://127.0.0.1:5000")
    return value.rstrip("/")


def _check_model_name(value: str) -> str:
    if "/" in value or ":" in value or value in (".", ".."):
        raise ValueError("must not contain / or : (MLflow rejects them)")
    return value


def _check_alias(value: str) -> str:
    if not re.fullmatch(r"[\w-]+", value) or re.fullmatch(r"latest|v\d+", value, re.IGNORECASE):
        raise ValueError(
            "must contain only letters, digits, _ and -; MLflow reserves latest and v1, v2, …"
        )
    return value


Host = Annotated[str, AfterValidator(parse_host)]
"""An address to listen on. IPv6 may have brackets, as in URLs."""


def _parse_token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ValueError("must be a bearer token: printable ASCII without spaces")
    return SecretStr(token)


def _check_server_cert(value: Path, info: ValidationInfo) -> Path:
    if info.data.get("is_insecure"):
        raise ValueError("conflicts with MLFLOW_TRACKING_INSECURE_TLS; unset one of the two")
    create_trust_context(value)
    return value


def _check_client_cert(value: Path) -> Path:
    load_client_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), value)
    return value


HttpUri = Annotated[str, AfterValidator(_check_uri)]
Name = Annotated[str, Field(min_length=1, max_length=250)]
ModelName = Annotated[Name, AfterValidator(_check_model_name)]
Alias = Annotated[str, Field(max_length=250), AfterValidator(_check_alias)]
Token = Annotated[SecretStr, AfterValidator(_parse_token)]
ServerCert = Annotated[Path, AfterValidator(_check_server_cert)]
ClientCert = Annotated[Path, AfterValidator(_check_client_cert)]
TrustedKeys = Annotated[tuple[TrustedKey, ...], PlainValidator(parse_trusted_keys)]
