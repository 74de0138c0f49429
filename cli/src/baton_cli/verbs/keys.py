"""`baton keys`."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from baton_cli import terminal
from baton_cli.errors import CommandFailed
from baton_cli.moves.arguments import FilePath
from baton_common.atomic_file import write_atomic
from baton_registry.api_keys import Scope, generate_key
from baton_registry.versions.signing import generate_key_pair


@click.group()
def keys() -> None:
    """Make keys: to sign versions with, or to be let in by."""


@keys.command()
@click.argument("file", type=FilePath())
def signing(file: Path) -> None:
    """Make a key pair to sign versions with.

    The private key goes to FILE, a new file that only you can read: give it to the trainer, as
    BATON_SIGNING_KEY_FILE. The public key goes to stdout: give it to inference and to whoever
    promotes, in BATON_TRUSTED_KEYS.
    """
    private, public = generate_key_pair()
    _write_secret(file, private)
    terminal.tell(f"the private key is in {file}; what follows is the public one")
    terminal.show(public)


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it lets in to; may be repeated [scoring].",
)
@click.option(
    "--file",
    type=FilePath(),
    metavar="FILE",
    help="Add the line to this file, which BATON_API_KEYS_FILE names; made where there is none.",
)
def api(name: str, scopes: Sequence[str], file: Path | None) -> None:
    """Make an API key for NAME: somebody, or a program.

    The key goes to stdout, and is shown this once: only its hash is kept. Inference reads the file
    again within two seconds of a change; take a line out of it, and its key is of no use.
    """
    try:
        secret, key = generate_key(name, map(Scope, scopes or [Scope.SCORING]))
    except ValueError as error:
        raise CommandFailed(f"{name!r} is no name for a key: {error}") from error
    if file is None:
        terminal.tell(f"the line for the file that BATON_API_KEYS_FILE names:\n{key.line}")
    else:
        _add_line(file, key.line)
        terminal.tell(f"added to {file}: {key.line}")
    terminal.show(secret)


def _add_line(file: Path, line: str) -> None:
    """Adds a line, in one step: whoever reads the file meanwhile sees the old or the new one."""
    try:
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if before and not before.endswith("\n"):
            before += "\n"
        write_atomic(file, f"{before}{line}\n".encode())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise CommandFailed(f"{file} cannot be written: {reason}") from error


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
