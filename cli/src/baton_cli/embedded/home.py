"""The folder in which `baton up` keeps everything, locked while it runs."""

import base64
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from baton_cli.errors import CommandFailed
from baton_common.atomic_file import write_atomic

KEY_BYTES = 32
"""Length of a random secret. A Fernet key needs 32 bytes."""


class Home:
    """The paths of its files.

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
    def lock(self) -> Iterator[None]:
        """Creates the folder and its secrets, and locks it against a second `baton up`.

        Raises:
            CommandFailed: the folder cannot be written, or is locked.
        """
        if invalid := set("?%") & set(str(self.path)):
            raise CommandFailed(
                f"the home {self.path} contains {min(invalid)!r}, which a database URL cannot; "
                "choose another: --home DIR"
            )
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            # Only a write detects a read-only file system.
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise CommandFailed(
                f"cannot write to the home {self.path} ({error.strerror}); "
                "choose another: --home DIR"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise CommandFailed(
                f"another baton up uses the home {self.path}; stop it, or choose another home and "
                "other ports: --home DIR --port PORT --tracking-port PORT"
            ) from error
        try:
            self._create_secrets()
            yield
        finally:
            os.close(lock)

    def _create_secrets(self) -> None:
        """Creates the webhook secret and the registry's encryption key, once."""
        for file in (self.webhook_secret, self.webhook_key):
            if not file.exists():
                write_atomic(file, base64.urlsafe_b64encode(os.urandom(KEY_BYTES)), mode=0o600)
