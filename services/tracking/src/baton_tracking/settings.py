"""What this image's processes were told. The only module here that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECRETS_ROOT = "/run/secrets/"
SUFFIX = "_FILE"


class SettingsError(Exception):
    """A variable is missing, or the file that it names is of no use; the text is one line."""


@dataclass(frozen=True)
class BucketSettings:
    """Where the artifacts are."""

    endpoint: str
    name: str


@dataclass(frozen=True)
class AccountPasswords:
    """What opens each of the stack's accounts of MLflow."""

    admin: str
    trainer: str
    inference: str


def load_bucket(environment: Mapping[str, str] = os.environ) -> BucketSettings:
    """The bucket that the environment names.

    Raises:
        SettingsError: it names none.
    """
    try:
        return BucketSettings(environment["MLFLOW_S3_ENDPOINT_URL"], environment["BATON_BUCKET"])
    except KeyError as error:
        raise SettingsError(f"{error.args[0]} is not set; docker-compose.yml sets it") from error


def load_accounts(environment: Mapping[str, str] = os.environ) -> AccountPasswords:
    """The passwords that the environment holds.

    Raises:
        SettingsError: one is missing.
    """
    try:
        return AccountPasswords(
            admin=environment["BATON_ADMIN_PASSWORD"],
            trainer=environment["BATON_TRAINER_PASSWORD"],
            inference=environment["BATON_INFERENCE_PASSWORD"],
        )
    except KeyError as error:
        raise SettingsError(f"{error.args[0]} is not set; deploy/secure.yml sets it") from error


def load_with_secrets(
    environment: Mapping[str, str] = os.environ, root: str = SECRETS_ROOT
) -> dict[str, str]:
    """The environment, and `NAME` for every `NAME_FILE` that points below `root`.

    Raises:
        SettingsError: such a file cannot be read, or is empty.
    """
    secrets = {
        name.removesuffix(SUFFIX): _read(name, path)
        for name, path in environment.items()
        if name.endswith(SUFFIX) and path.startswith(root)
    }
    return {**environment, **secrets}


def _read(name: str, path: str) -> str:
    hint = "the `secrets` service writes it: docker compose up secrets"
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}={path} cannot be read ({error}); {hint}") from error
    if not secret:
        raise SettingsError(f"{name}={path} is empty; {hint}")
    return secret
