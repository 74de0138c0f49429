"""Chooses where labels go, and which log to search, from options and settings."""

from dataclasses import dataclass
from pathlib import Path

import click

from baton_cli.errors import CommandFailed
from baton_cli.settings import PredictionSettings
from baton_cli.storage_location import StorageLocation

VARIABLE = "BATON_PREDICTIONS_DIR"


@dataclass(frozen=True)
class Destination:
    """Where labels go: either a folder or inference.

    Attributes:
        folder: the folder of a prediction log on this machine.
        url: the address of inference.
        api_key: the API key for it.
    """

    folder: Path | None = None
    url: str | None = None
    api_key: str | None = None

    def __str__(self) -> str:
        """Names it for messages."""
        return str(self.folder or self.url)


def choose_destination(
    settings: PredictionSettings, folder: Path | None, url: str | None, api_key_file: Path | None
) -> Destination:
    """Chooses where labels go.

    Raises:
        click.UsageError: the options contradict each other, or name no place.
        CommandFailed: the file of the key cannot be read.
    """
    if folder is not None and url is not None:
        raise click.UsageError("Give either --to DIR or --url URL.")
    if url is not None:
        return Destination(url=url, api_key=_read_key(settings, api_key_file))
    if api_key_file is not None:
        raise click.UsageError("--api-key-file needs --url.")
    if folder is not None:
        return Destination(folder)
    log = settings.predictions
    if log is None:
        raise click.UsageError(f"Give --to DIR or --url URL, or set {VARIABLE}.")
    if not log.is_local:
        raise click.UsageError(f"{VARIABLE} is a URL; give --to DIR or --url URL.")
    return Destination(log.path)


def choose_log(
    settings: PredictionSettings, log: StorageLocation | None, destination: Destination
) -> StorageLocation:
    """Chooses the log to search. Raises `click.UsageError`."""
    found = log or settings.predictions
    if found is None and destination.folder is not None:
        found = StorageLocation(str(destination.folder))
    if found is None:
        raise click.UsageError(f"--key needs the prediction log: --from DIR, or {VARIABLE}.")
    return found


def _read_key(settings: PredictionSettings, file: Path | None) -> str | None:
    if file is None:
        return None if settings.api_key is None else settings.api_key.get_secret_value()
    try:
        return file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise CommandFailed(f"cannot read {file}: {reason}; it must hold an API key") from error
