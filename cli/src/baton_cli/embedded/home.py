"""The folder that `baton up` keeps everything in, and whose it is meanwhile."""

import base64
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from baton_cli.errors import CommandFailed
from baton_common.atomic_file import write_atomic

KEY_BYTES = 32
"""Of a random secret; a Fernet key has so many."""


class Home:
    """Where things are.

    Attributes:
        path: the folder, absolute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.cache = self.path / "cache"
        self.artifacts = self.path / "artifacts"
        self.database = self.path / "mlflow.db"
        self.example = self.path / "example.json"
        self.webhook_secret = self.path / "webhook.secret"
        self.webhook_key = self.path / "webhook.key"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Makes the folder, with its secrets, and holds it against a second `baton up`.

        Raises:
            CommandFailed: it cannot be written, or is held already.
        """
        if odd := set("?%") & set(str(self.path)):
            raise CommandFailed(
                f"the home {self.path} cannot hold a database: {min(odd)!r} has a meaning of its "
                "own in the address of one; choose another: --home DIR"
            )
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            # Writing to it is the one test that a read-only file system cannot pass.
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise CommandFailed(
                f"the home {self.path} cannot be written ({error.strerror}); "
                "choose another: --home DIR"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise CommandFailed(
                f"another baton up uses the home {self.path}; stop it, or choose another home and "
                "other ports: --home DIR --port P --tracking-port P"
            ) from error
        try:
            self._make_secrets()
            yield
        finally:
            os.close(lock)

    def _make_secrets(self) -> None:
        """Makes what webhooks are signed with and what the registry keeps that with, once."""
        for file in (self.webhook_secret, self.webhook_key):
            if not file.exists():
                write_atomic(file, base64.urlsafe_b64encode(os.urandom(KEY_BYTES)), mode=0o600)
