"""`baton keys`."""

import os
from pathlib import Path

import click

from baton_cli import terminal
from baton_cli.errors import CommandFailed
from baton_registry.signing import new_key_pair


@click.group()
def keys() -> None:
    """Make keys: to sign versions with, or to be let in by."""


@keys.command()
@click.argument("file", type=click.Path(path_type=Path))
def signing(file: Path) -> None:
    """Make a key pair to sign versions with.

    The private key goes to FILE, a new file that only you can read: give it to the trainer, as
    BATON_SIGNING_KEY_FILE. The public key goes to stdout: give it to inference and to whoever
    promotes, in BATON_TRUSTED_KEYS.
    """
    private, public = new_key_pair()
    _write_secret(file, private)
    terminal.tell(f"the private key is in {file}; what follows is the public one")
    terminal.show(public)


def _write_secret(file: Path, text: str) -> None:
    """A new file that nobody but its owner can read, from its first moment on."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CommandFailed(f"{file} is there already and may be in use; name a new one") from error
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text)
