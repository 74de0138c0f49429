"""Registry settings from the environment.

Only modules named `settings` read the environment. An invalid value gives one line with the
variable, the value and what is allowed. pydantic-settings is not used, because it does not support
`NAME_FILE` for container secrets.
"""

import configparser
import os
import re
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from baton_common.settings import SUFFIX, SettingsError, read_setting
from baton_registry.rest.access import RegistryAccess
from baton_registry.rest.client import TIMEOUT_S, RegistryClient
from baton_registry.rest.proxies import choose_proxy
from baton_registry.rest.tls import Tls
from baton_registry.rest.transport import SETTING
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

NO_CANARY = "off"
"""The value of BATON_CANARY_ALIAS for no canary."""
CREDENTIALS = "~/.mlflow/credentials"
STORED_SETTINGS = frozenset({"MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"})
"""The settings that MLflow's client reads from that file."""
HTTPX_BUNDLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
REQUESTS_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""CA bundle variables of MLflow's client. Those of httpx win, because Baton uses httpx."""
_CREDENTIALS_IN_URL = re.compile(r"://[^/@\s]+@")
SERVICE_LINK = (
    "must be a port number; Kubernetes service links set this variable if a Service has that name:"
    " set enableServiceLinks: false in the pod's spec, or rename the Service"
)
"""https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables"""


class RegistrySettings(BaseModel):
    """The address of the registry, the credentials, the model and its aliases.

    Attributes:
        canary_alias: the alias that names the canary; see `followed_canary`.
        username: for basic authentication.
        password: for basic authentication. Both may also be in `~/.mlflow/credentials`.
        token: the bearer token. It is sent only if username and password are not set.
        is_insecure: do not verify the server's certificate.
        server_cert: the CA certificates to trust instead of the defaults.
        client_cert: the client certificate and its key.
        trusted_keys: if set, only versions signed by one of them are served and promoted.
        answer_s: how long one answer of the registry may take.
        set_when_empty: variables whose empty value is a value; other empty ones count as unset.
    """

    answer_s: ClassVar[float] = TIMEOUT_S
    set_when_empty: ClassVar[frozenset[str]] = frozenset()

    model_config = ConfigDict(frozen=True)

    tracking_uri: HttpUri = Field("http://127.0.0.1:5000", validation_alias="MLFLOW_TRACKING_URI")
    model_name: ModelName = Field("churn_model", validation_alias="BATON_MODEL_NAME")
    alias: Alias = Field("production", validation_alias="BATON_ALIAS")
    canary_alias: Alias = Field("canary", validation_alias="BATON_CANARY_ALIAS")
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
    def followed_canary(self) -> str | None:
        """The alias that names the canary; None if it is `off`, or the alias of production."""
        return None if self.canary_alias in (NO_CANARY, self.alias) else self.canary_alias

    @property
    def auth(self) -> tuple[str, str] | None:
        """Username and password; None unless both are set."""
        password = self.password.get_secret_value()
        return (self.username, password) if self.username and password else None

    @property
    def access(self) -> RegistryAccess:
        """How to reach the registry.

        Raises:
            RegistryMisconfigured: the proxy setting is invalid.
        """
        host = urlsplit(self.tracking_uri).hostname or ""
        # Includes the system settings of macOS and Windows.
        proxies = {} if proxy_bypass(host) else getproxies()
        return RegistryAccess(
            auth=self.auth,
            token=self.token.get_secret_value(),
            tls=self._build_tls(),
            proxy=choose_proxy(self.tracking_uri, proxies),
        )

    def open_registry(self, setting: str = SETTING) -> RegistryClient:
        """Opens a registry client. Close it when done.

        Args:
            setting: names where the address is from, in messages.

        Raises:
            RegistryMisconfigured: a proxy or certificate setting is invalid.
        """
        return RegistryClient(
            self.tracking_uri, timeout_s=self.answer_s, access=self.access, setting=setting
        )

    def _build_tls(self) -> Tls:
        authorities, variable = self.server_cert, "MLFLOW_TRACKING_SERVER_CERT_PATH"
        if not authorities and not any(os.environ.get(name) for name in HTTPX_BUNDLES):
            for name in REQUESTS_BUNDLES:
                if os.environ.get(name):
                    authorities, variable = Path(os.environ[name]), name
                    break
        return Tls(authorities, variable, self.client_cert, self.is_insecure)


def load_settings(settings: type[S]) -> S:
    """Reads settings from the environment. An empty variable counts as unset, with exceptions.

    Raises:
        SettingsError: a value is not allowed.
    """
    names = _list_variables(settings)
    values = {name: value for name in names if (value := _read(name))}
    meant: frozenset[str] = getattr(settings, "set_when_empty", frozenset())
    values |= {name: "" for name in meant if os.environ.get(name) == "" and name not in values}
    try:
        return settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        message = first["msg"].removeprefix("Value error, ")
        if _is_service_link(name, first["input"]):
            message = SERVICE_LINK
        raise SettingsError(f"{name}={_format_value(name, first['input'])!s}: {message}") from error


def _is_service_link(name: str, value: Any) -> bool:
    """Whether Kubernetes service links or Docker's legacy links set this port variable."""
    return name.endswith("_PORT") and re.match(r"(tcp|udp|sctp)://", str(value)) is not None


def _list_variables(settings: type[BaseModel]) -> list[str]:
    fields = settings.model_fields.values()
    return [str(field.validation_alias) for field in fields if field.validation_alias]


def _read(name: str) -> str:
    """Reads `NAME` or `NAME_FILE`; username and password also from MLflow's credentials file."""
    is_set = os.environ.get(name) or os.environ.get(name + SUFFIX)
    return (
        _read_stored(name)
        if name in STORED_SETTINGS and not is_set
        else read_setting(name, os.environ)
    )


def _read_stored(name: str) -> str:
    """Reads a value from `~/.mlflow/credentials`; empty if there is none."""
    path = os.path.expanduser(CREDENTIALS)  # noqa: PTH111 - Path.expanduser fails without a home
    content = configparser.ConfigParser()
    try:
        content.read(path, encoding="utf-8")  # skips a file that it cannot open, as MLflow does
        return content.get("mlflow", name.lower(), fallback="")
    except (configparser.Error, UnicodeDecodeError) as error:
        # Without the parser's message, which quotes the line and so a secret.
        raise SettingsError(
            f"{path}: invalid format; expected a section [mlflow] with {name.lower()} = …,"
            " and %% for each %"
        ) from error


def _format_value(name: str, value: Any) -> str:
    """Formats a value for a message. Secrets are masked; the names of their files are not."""
    is_secret = any(word in name for word in ("SECRET", "KEY", "PASSWORD", "TOKEN"))
    if is_secret and not name.endswith("_FILE"):
        return "***"
    return _CREDENTIALS_IN_URL.sub("://***@", repr(value))
