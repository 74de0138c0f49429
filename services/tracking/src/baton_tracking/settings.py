"""Settings of this image's programs. Only this module reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from baton_common.settings import SUFFIX, SettingsError, read_setting

SECRETS_ROOT = "/run/secrets/"
HINT = "create it with the `secrets` service: docker compose up secrets"


@dataclass(frozen=True)
class BucketSettings:
    """The bucket of the artifacts."""

    endpoint: str
    name: str


@dataclass(frozen=True)
class AccountPasswords:
    """The passwords of the stack's MLflow accounts, and the model that the controller may write."""

    admin: str
    trainer: str
    inference: str
    controller: str
    model_name: str


def load_bucket(environment: Mapping[str, str] = os.environ) -> BucketSettings:
    """Reads the bucket from the environment.

    Raises:
        SettingsError: a variable is missing.
    """
    try:
        return BucketSettings(environment["MLFLOW_S3_ENDPOINT_URL"], environment["BATON_BUCKET"])
    except KeyError as error:
        raise SettingsError(f"{error.args[0]} is not set; docker-compose.yml sets it") from error


def load_accounts(environment: Mapping[str, str] = os.environ) -> AccountPasswords:
    """Reads the passwords from the environment.

    Raises:
        SettingsError: a variable is missing.
    """
    try:
        return AccountPasswords(
            admin=environment["BATON_ADMIN_PASSWORD"],
            trainer=environment["BATON_TRAINER_PASSWORD"],
            inference=environment["BATON_INFERENCE_PASSWORD"],
            controller=environment["BATON_CONTROLLER_PASSWORD"],
            model_name=environment["BATON_MODEL_NAME"],
        )
    except KeyError as error:
        raise SettingsError(f"{error.args[0]} is not set; deploy/secure.yml sets it") from error


def load_with_secrets(
    environment: Mapping[str, str] = os.environ, root: str = SECRETS_ROOT
) -> dict[str, str]:
    """Returns the environment with `NAME` for every `NAME_FILE` below `root`.

    A `NAME` that is set does not change.

    Raises:
        SettingsError: a file cannot be read, or is empty.
    """
    secrets = {
        name: _read(name, environment)
        for name in (variable.removesuffix(SUFFIX) for variable in environment)
        if environment.get(name + SUFFIX, "").startswith(root)
    }
    return {**environment, **secrets}


def _read(name: str, environment: Mapping[str, str]) -> str:
    secret = read_setting(name, environment, HINT)
    if not secret:
        variable = name + SUFFIX
        raise SettingsError(f"{variable}={environment[variable]}: is empty; {HINT}")
    return secret
