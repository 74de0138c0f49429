"""The command line's settings. The only module of this package that reads the environment."""

import os
import shlex
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, SecretStr
from pydantic.fields import FieldInfo

from baton_cli.errors import CommandFailed
from baton_cli.storage_location import StorageLocation
from baton_common.settings import SettingsError
from baton_engine.settings import TELEMETRY_OPT_OUTS
from baton_registry import settings as registry_settings
from baton_registry.setting_types import Host, is_http_address
from baton_registry.settings import RegistrySettings

S = TypeVar("S", bound=RegistrySettings)

ADDRESS_RULE = "must be http:// or https:// addresses, comma-separated, e.g. http://127.0.0.1:8000"
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
CI_USERS = (
    "GITHUB_ACTOR",  # GitHub Actions, Forgejo, Gitea
    "GITLAB_USER_LOGIN",
    "BUILDKITE_BUILD_CREATOR",
    "CIRCLE_USERNAME",
    "BUILD_REQUESTEDFOR",  # Azure Pipelines
    "BUILD_USER_ID",  # Jenkins with its plugin "build user vars"
)
"""Variables in which CI systems name the user who started the job. The first that is set counts."""
MAX_ACTOR = 200


def _parse_addresses(value: str) -> tuple[str, ...]:
    addresses = tuple(part.strip().rstrip("/") for part in value.split(","))
    if not all(map(_is_address, addresses)):
        raise ValueError(ADDRESS_RULE)
    return addresses


def _is_address(text: str) -> bool:
    return is_http_address(text) and "@" not in urlsplit(text).netloc


def is_actor(text: str) -> bool:
    """Whether a table can show the text in one cell as the name of a user."""
    return text.isprintable() and bool(text.strip()) and len(text) <= MAX_ACTOR


def _parse_command(value: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(value))
    except ValueError as error:
        raise ValueError(f"must be a program and its arguments ({error})") from error


def _check_actor(value: str) -> str:
    if not is_actor(value):
        raise ValueError(f"a name of at most {MAX_ACTOR} visible characters")
    return value.strip()


class CliSettings(RegistrySettings):
    """Addresses and credentials of the registry and of inference, and the name of the user."""

    inference_urls: Annotated[tuple[str, ...], BeforeValidator(_parse_addresses)] = Field(
        ("http://127.0.0.1:8000",), validation_alias="BATON_INFERENCE_URL"
    )

    api_key: SecretStr | None = Field(None, validation_alias="BATON_API_KEY")
    webhook_secret: SecretStr | None = Field(None, validation_alias="BATON_WEBHOOK_SECRET")
    actor: Annotated[str, AfterValidator(_check_actor)] | None = Field(
        None, validation_alias="BATON_ACTOR"
    )


class PredictionSettings(CliSettings):
    """Where the prediction log is, and the secret of its keys.

    Attributes:
        predictions: the folder of the log, or its URL.
        predictions_key: the secret with which inference hashes routing keys.
    """

    predictions: Annotated[StorageLocation | None, PlainValidator(StorageLocation.parse)] = Field(
        None, validation_alias="BATON_PREDICTIONS_DIR"
    )
    predictions_key: SecretStr | None = Field(None, validation_alias="BATON_PREDICTIONS_KEY")


class RolloutSettings(PredictionSettings):
    """What the controller needs besides.

    Attributes:
        poll_interval_s: seconds between two ticks while a rollout is under way.
        check: the check of each step: a program and its arguments, without a shell.
    """

    poll_interval_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        2.0, validation_alias="BATON_POLL_INTERVAL_S"
    )
    check: Annotated[tuple[str, ...], BeforeValidator(_parse_command)] = Field(
        (), validation_alias="BATON_ROLLOUT_CHECK"
    )


def _format_default(field: FieldInfo) -> str:
    value = field.default
    return ",".join(value) if isinstance(value, tuple) else str(value)


DEFAULTS = {
    str(field.validation_alias): _format_default(field)
    for field in CliSettings.model_fields.values()
}
"""The default of each variable, as a terminal would set it."""


class UpSettings(RegistrySettings):
    """Defaults that `baton up` takes from the environment if its options are not given."""

    host: Host = Field("127.0.0.1", validation_alias="BATON_HOST")
    port: int = Field(8000, ge=1, le=65535, validation_alias="BATON_PORT")
    grpc_port: int | None = Field(None, ge=1, le=65535, validation_alias="BATON_GRPC_PORT")


def load(settings: type[S]) -> S:
    """Reads the settings from the environment.

    Raises:
        CommandFailed: a value is not allowed; the line names the variable, the value and the rule.
    """
    try:
        return registry_settings.load_settings(settings)
    except SettingsError as error:
        raise CommandFailed(str(error)) from error


def find_ci_user() -> str | None:
    """Returns the user that CI names; None outside CI."""
    names = (os.environ.get(name, "") for name in CI_USERS)
    return next((text.strip() for text in names if is_actor(text)), None)


def build_child_environment(
    defaults: Mapping[str, str], overrides: Mapping[str, str], hosts: Sequence[str] = ()
) -> dict[str, str]:
    """Builds the environment of a child: `defaults`, then this process', then `overrides`.

    The child uses no proxy for this machine or for `hosts`, and telemetry of libraries is off.
    """
    opt_outs = {name: os.environ.get(name) or value for name, value in TELEMETRY_OPT_OUTS.items()}
    direct = dict.fromkeys((*LOCAL_HOSTS, *hosts))
    no_proxy = {
        name: ",".join(filter(None, (os.environ.get(name), *direct)))
        for name in ("NO_PROXY", "no_proxy")
    }
    return {**defaults, **os.environ, **opt_outs, **no_proxy, **overrides}


def build_check_environment(version: str, weight: float) -> dict[str, str]:
    """Builds the environment of a rollout's check: this process', with the canary's version."""
    canary = {"BATON_ROLLOUT_VERSION": version, "BATON_ROLLOUT_WEIGHT": f"{weight:g}"}
    return {**os.environ, **canary}
