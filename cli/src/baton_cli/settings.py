"""The command line's settings. The only module of this package that reads the environment."""

import os
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic.fields import FieldInfo

from baton_cli.errors import CommandFailed
from baton_cli.inference.status_client import Inference
from baton_common.settings import SettingsError
from baton_engine.settings import TELEMETRY_OPT_OUTS
from baton_registry import settings as registry_settings
from baton_registry.setting_types import Host, is_http_address
from baton_registry.settings import RegistrySettings

S = TypeVar("S", bound=RegistrySettings)

ADDRESS_RULE = "http:// or https:// addresses, comma-separated, e.g. http://127.0.0.1:8000"
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
CI_USERS = (
    "GITHUB_ACTOR",  # GitHub Actions, Forgejo, Gitea
    "GITLAB_USER_LOGIN",
    "BUILDKITE_BUILD_CREATOR",
    "CIRCLE_USERNAME",
    "BUILD_REQUESTEDFOR",  # Azure Pipelines
    "BUILD_USER_ID",  # Jenkins with its plugin "build user vars"
)
"""Where CI systems name the user whose action began a job; the first that is set counts."""
MAX_ACTOR = 200


def _addresses(value: str) -> tuple[str, ...]:
    addresses = tuple(part.strip().rstrip("/") for part in value.split(","))
    if not all(map(_is_address, addresses)):
        raise ValueError(ADDRESS_RULE)
    return addresses


def _is_address(text: str) -> bool:
    return is_http_address(text) and "@" not in urlsplit(text).netloc


def is_actor(text: str) -> bool:
    """Whether a text can stand for a person in one cell of a table."""
    return text.isprintable() and bool(text.strip()) and len(text) <= MAX_ACTOR


def _actor(value: str) -> str:
    if not is_actor(value):
        raise ValueError(f"a name of at most {MAX_ACTOR} visible characters")
    return value.strip()


class CliSettings(RegistrySettings):
    """Where the registry and the inference processes are, what lets us in there, and who we are."""

    inference_urls: Annotated[tuple[str, ...], BeforeValidator(_addresses)] = Field(
        ("http://127.0.0.1:8000",), validation_alias="BATON_INFERENCE_URL"
    )

    api_key: SecretStr | None = Field(None, validation_alias="BATON_API_KEY")
    webhook_secret: SecretStr | None = Field(None, validation_alias="BATON_WEBHOOK_SECRET")
    actor: Annotated[str, AfterValidator(_actor)] | None = Field(
        None, validation_alias="BATON_ACTOR"
    )

    def inference(self) -> Inference:
        """All inference processes that are named; close it when done."""
        key = self.api_key.get_secret_value() if self.api_key is not None else None
        return Inference(self.inference_urls, api_key=key)


def _default(field: FieldInfo) -> str:
    value = field.default
    return ",".join(value) if isinstance(value, tuple) else str(value)


DEFAULTS = {
    str(field.validation_alias): _default(field) for field in CliSettings.model_fields.values()
}
"""What holds in a terminal that sets nothing, by variable."""


class UpSettings(RegistrySettings):
    """What `baton up` takes from the environment where its options do not say it."""

    host: Host = Field("127.0.0.1", validation_alias="BATON_HOST")
    port: int = Field(8000, ge=1, le=65535, validation_alias="BATON_PORT")


def load(settings: type[S]) -> S:
    """Reads the settings from the environment.

    Raises:
        CommandFailed: a value is not allowed; one line names variable, value and what is.
    """
    try:
        return registry_settings.load_settings(settings)
    except SettingsError as error:
        raise CommandFailed(str(error)) from error


def ci_user() -> str | None:
    """The user whom CI names, if this is a job of a CI system."""
    found = (os.environ.get(name, "") for name in CI_USERS)
    return next((text.strip() for text in found if is_actor(text)), None)


def child_environment(
    defaults: Mapping[str, str], overrides: Mapping[str, str], hosts: Sequence[str] = ()
) -> dict[str, str]:
    """The environment for a child process: ours, completed by `defaults`, below `overrides`.

    A proxy that ours names is not to come between processes of this machine, nor before `hosts`.
    Telemetry of libraries is off in the child.
    """
    opt_outs = {name: os.environ.get(name) or value for name, value in TELEMETRY_OPT_OUTS.items()}
    direct = dict.fromkeys((*LOCAL_HOSTS, *hosts))
    no_proxy = {
        name: ",".join(filter(None, (os.environ.get(name), *direct)))
        for name in ("NO_PROXY", "no_proxy")
    }
    return {**defaults, **os.environ, **opt_outs, **no_proxy, **overrides}
