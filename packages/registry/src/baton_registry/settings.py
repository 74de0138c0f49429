"""Settings from the environment, shared by everything that speaks to the registry.

This is the only kind of module that reads the environment. A bad value is one line that names
the variable, the value and what is allowed. Plain pydantic, for pydantic-settings knows nothing
of `NAME_FILE`, the way in which container images take their secrets.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    SecretStr,
    ValidationError,
)

from baton_registry.versions.paths import expand
from baton_registry.versions.signing import TrustedKey, parse_trusted_keys

S = TypeVar("S", bound=BaseModel)


class SettingsError(Exception):
    """A setting is not allowed; the text is one line for the person who set it."""


def is_http_address(text: str) -> bool:
    """Whether the text is an http or https address with a host."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no port number, or a bracket that is not closed
        return False
    return good and not any(character.isspace() for character in text)


def _http_uri(value: str) -> str:
    if not is_http_address(value):
        raise ValueError("an http:// or https:// address, e.g. http://127.0.0.1:5000")
    return value.rstrip("/")


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


HttpUri = Annotated[str, AfterValidator(_http_uri)]
Name = Annotated[str, Field(min_length=1, max_length=250)]
ModelName = Annotated[Name, AfterValidator(_model_name)]
Alias = Annotated[str, Field(max_length=250), AfterValidator(_alias)]
TrustedKeys = Annotated[tuple[TrustedKey, ...], PlainValidator(parse_trusted_keys)]


class RegistrySettings(BaseModel):
    """Where the registry is and what is asked of it.

    Attributes:
        username: for a tracking server that asks for one (basic-auth).
        password: the same.
        trusted_keys: where there are any, only what one of them signed serves and is promoted.
    """

    model_config = ConfigDict(frozen=True)

    tracking_uri: HttpUri = Field("http://127.0.0.1:5000", validation_alias="MLFLOW_TRACKING_URI")
    model_name: ModelName = Field("churn_model", validation_alias="BATON_MODEL_NAME")
    alias: Alias = Field("production", validation_alias="BATON_ALIAS")
    username: str = Field("", validation_alias="MLFLOW_TRACKING_USERNAME")
    password: SecretStr = Field(SecretStr(""), validation_alias="MLFLOW_TRACKING_PASSWORD")
    trusted_keys: TrustedKeys = Field((), validation_alias="BATON_TRUSTED_KEYS")

    @property
    def auth(self) -> tuple[str, str] | None:
        """User and password for `RegistryClient`; None where they are not both set."""
        password = self.password.get_secret_value()
        return (self.username, password) if self.username and password else None


def load(settings: type[S]) -> S:
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
        raise SettingsError(f"{name}={_shown(name, first['input'])!s}: {message}") from error


def _variables(settings: type[BaseModel]) -> list[str]:
    fields = settings.model_fields.values()
    return [str(field.validation_alias) for field in fields if field.validation_alias]


def _read(name: str) -> str:
    """The variable's value, else the content of the file that `NAME_FILE` names."""
    value = os.environ.get(name, "")
    file = os.environ.get(f"{name}_FILE", "")
    if value or not file:
        return value
    try:
        return expand(Path(file)).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE={file}: cannot be read; name a readable file") from error


def _shown(name: str, value: Any) -> str:
    """The value as it may be shown: a secret's is not, unless it is the name of its file."""
    is_secret = any(word in name for word in ("SECRET", "KEY", "PASSWORD"))
    return "***" if is_secret and not name.endswith("_FILE") else repr(value)
