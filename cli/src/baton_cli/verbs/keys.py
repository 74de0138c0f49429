"""`baton keys`."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from baton_cli import terminal
from baton_cli.argument_types.places import FilePath
from baton_cli.errors import CommandFailed
from baton_cli.options import option
from baton_common.api_keys import Scope, generate_key
from baton_common.atomic_file import write_atomic
from baton_registry.versions.keys import generate_key_pair


@click.group()
def keys() -> None:
    """Create signing keys and API keys."""


@keys.command()
@click.argument("file", type=FilePath())
def signing(file: Path) -> None:
    """Create a key pair to sign versions with.

    Writes the private key to FILE, a new file that only you can read, and prints the public key.
    Set BATON_SIGNING_KEY_FILE to FILE for the trainer. Set BATON_TRUSTED_KEYS to the public key for
    inference and for users who promote.
    """
    private, public = generate_key_pair()
    _write_secret(file, private)
    terminal.print_progress(f"wrote the private key to {file}; the public key:")
    terminal.show(public)


@keys.command()
@click.argument("name")
@option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    show_default="scoring",
    help="What the key may access. Repeatable.",
)
@option(
    "--file",
    type=FilePath(),
    metavar="FILE",
    show_default="print it",
    help="Append the line of the key to FILE, which BATON_API_KEYS_FILE names.",
)
def api(name: str, scopes: Sequence[str], file: Path | None) -> None:
    """Create an API key for NAME, a user or a program.

    Prints the key once; the file has only its hash. Inference reloads the file within two seconds
    of a change. To revoke a key, delete its line.
    """
    try:
        secret, key = generate_key(name, map(Scope, scopes or [Scope.SCORING]))
    except ValueError as error:
        raise CommandFailed(f"invalid key name {name!r}: {error}") from error
    if file is None:
        terminal.print_progress(
            f"add this line to the file that BATON_API_KEYS_FILE names:\n{key.line}"
        )
    else:
        _append_line(file, key.line)
        terminal.print_progress(f"added this line to {file}:\n{key.line}")
    terminal.print_progress("the key, which is printed only now:")
    terminal.show(secret)


def _append_line(file: Path, line: str) -> None:
    """Appends a line atomically: a reader sees the old file or the new one."""
    try:
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if before and not before.endswith("\n"):
            before += "\n"
        write_atomic(file, f"{before}{line}\n".encode())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise CommandFailed(f"cannot write {file}: {reason}") from error


def _write_secret(file: Path, text: str) -> None:
    """Creates a file that only its owner can ever read."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CommandFailed(f"{file} exists and may be in use; choose a new file") from error
    except OSError as error:
        raise CommandFailed(f"cannot write {file}: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text)
