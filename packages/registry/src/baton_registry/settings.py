"""Settings from the environment, shared by everything that speaks to the registry.

This is the only kind of module that reads the environment. A bad value is one line that names
the variable, the value and what is allowed. Plain pydantic, for pydantic-settings knows nothing
of `NAME_FILE`, the way in which container images take their secrets.
"""

import configparser
import os
import re
import tempfile
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from baton_common.settings import SUFFIX, SettingsError, read_setting
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.connection import Connection
from baton_registry.rest.proxies import choose_proxy
from baton_registry.rest.tls import Tls
from baton_registry.setting_types import (
    Alias,
    ClientCert,
    HttpUri,
    ModelName,
    ServerCert,
    Token,
    TrustedKeys,
)

S = TypeVar("S", bound=BaseModel)

CREDENTIALS = "~/.mlflow/credentials"
STORED = frozenset({"MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"})
"""What MLflow's client looks up there; nothing else."""
HTTPX_BUNDLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
REQUESTS_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Certificates to trust, as MLflow's client finds them; those of httpx, our own, come first."""
SERVICE_LINK = (
    "a port number; Kubernetes sets this variable in every pod beside a Service of that name"
    " (service links): set enableServiceLinks: false in the pod's spec, or rename the Service"
)
"""https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables"""


class RegistrySettings(BaseModel):
    """Where the registry is and what is asked of it.

    Attributes:
        username: for a tracking server that asks for one (basic-auth).
        password: the same. Both may also be in `~/.mlflow/credentials`.
        token: for a server, or a proxy before it, that asks for a bearer token; shown only where
            there are no user and password.
        is_insecure: the server's certificate is not looked at.
        server_cert: whom we trust instead of the usual authorities.
        client_cert: our certificate and its key.
        trusted_keys: where there are any, only what one of them signed serves and is promoted.
    """

    model_config = ConfigDict(frozen=True)

    tracking_uri: HttpUri = Field("http://127.0.0.1:5000", validation_alias="MLFLOW_TRACKING_URI")
    model_name: ModelName = Field("churn_model", validation_alias="BATON_MODEL_NAME")
    alias: Alias = Field("production", validation_alias="BATON_ALIAS")
    username: str = Field("", validation_alias="MLFLOW_TRACKING_USERNAME")
    password: SecretStr = Field(SecretStr(""), validation_alias="MLFLOW_TRACKING_PASSWORD")
    token: Token = Field(SecretStr(""), validation_alias="MLFLOW_TRACKING_TOKEN")
    is_insecure: bool = Field(default=False, validation_alias="MLFLOW_TRACKING_INSECURE_TLS")
    server_cert: ServerCert | None = Field(
        None, validation_alias="MLFLOW_TRACKING_SERVER_CERT_PATH"
    )
    client_cert: ClientCert | None = Field(
        None, validation_alias="MLFLOW_TRACKING_CLIENT_CERT_PATH"
    )
    trusted_keys: TrustedKeys = Field((), validation_alias="BATON_TRUSTED_KEYS")

    @property
    def auth(self) -> tuple[str, str] | None:
        """User and password; None where they are not both set."""
        password = self.password.get_secret_value()
        return (self.username, password) if self.username and password else None

    @property
    def connection(self) -> Connection:
        """How to reach the registry.

        Raises:
            RegistryMisconfigured: it needs a proxy, and what is set is none.
        """
        host = urlsplit(self.tracking_uri).hostname or ""
        # Of the system, too, where that has settings of its own: macOS and Windows.
        proxies = {} if proxy_bypass(host) else getproxies()
        return Connection(
            auth=self.auth,
            token=self.token.get_secret_value(),
            tls=self._tls(),
            proxy=choose_proxy(self.tracking_uri, proxies),
        )

    def open_registry(self) -> RegistryClient:
        """A client of the registry; close it when done.

        Raises:
            RegistryMisconfigured: a proxy or certificate that the environment names is of no use.
        """
        return RegistryClient(self.tracking_uri, connection=self.connection)

    def _tls(self) -> Tls:
        authorities, variable = self.server_cert, "MLFLOW_TRACKING_SERVER_CERT_PATH"
        if not authorities and not any(os.environ.get(name) for name in HTTPX_BUNDLES):
            for name in REQUESTS_BUNDLES:
                if os.environ.get(name):
                    authorities, variable = Path(os.environ[name]), name
                    break
        return Tls(authorities, variable, self.client_cert, self.is_insecure)


def load_settings(settings: type[S]) -> S:
    """Reads the settings from the environment; a variable set to nothing counts as unset.

    Raises:
        SettingsError: a value is not allowed.
    """
    names = _variables(settings)
    given = {name: value for name in names if (value := _read(name))}
    try:
        return settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        message = first["msg"].removeprefix("Value error, ")
        if _is_service_link(name, first["input"]):
            message = SERVICE_LINK
        raise SettingsError(f"{name}={_shown(name, first['input'])!s}: {message}") from error


def _is_service_link(name: str, value: Any) -> bool:
    """Whether Kubernetes, or Docker's old links, gave a port variable the address of a Service."""
    return name.endswith("_PORT") and re.match(r"(tcp|udp|sctp)://", str(value)) is not None


def user_cache_dir() -> Path:
    """`$XDG_CACHE_HOME/baton`, else `~/.cache/baton`; a temporary folder if there is no home.

    https://specifications.freedesktop.org/basedir/latest/ says that a relative path is ignored.
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "baton"
    try:
        return Path.home() / ".cache" / "baton"
    except RuntimeError:  # a container's user without an entry in /etc/passwd
        return Path(tempfile.gettempdir()) / "baton"


def _variables(settings: type[BaseModel]) -> list[str]:
    fields = settings.model_fields.values()
    return [str(field.validation_alias) for field in fields if field.validation_alias]


def _read(name: str) -> str:
    """The variable's value, else the content of the file that `NAME_FILE` names.

    A user's name and password may be in MLflow's own file, after that.
    """
    is_set = os.environ.get(name) or os.environ.get(name + SUFFIX)
    return _read_stored(name) if name in STORED and not is_set else read_setting(name, os.environ)


def _read_stored(name: str) -> str:
    """The value that `~/.mlflow/credentials` has; it is not there in most homes."""
    path = os.path.expanduser(CREDENTIALS)  # noqa: PTH111 - Path.expanduser fails without a home
    content = configparser.ConfigParser()
    try:
        content.read(path, encoding="utf-8")  # passes over a file that cannot be opened, as MLflow
        return content.get("mlflow", name.lower(), fallback="")
    except (configparser.Error, UnicodeDecodeError) as error:
        # Without the error's own text, which quotes the line.
        raise SettingsError(
            f"{path}: not as MLflow wants it: a section [mlflow] with {name.lower()} = …, and %%"
            " for each %"
        ) from error


def _shown(name: str, value: Any) -> str:
    """The value as it may be shown: a secret's is not, unless it is the name of its file."""
    is_secret = any(word in name for word in ("SECRET", "KEY", "PASSWORD", "TOKEN"))
    return "***" if is_secret and not name.endswith("_FILE") else repr(value)
