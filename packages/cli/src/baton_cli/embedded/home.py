"""The folder that `baton up` keeps everything in, and whose it is meanwhile."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from baton_cli.errors import CommandFailed


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

    @contextmanager
    def held(self) -> Iterator[None]:
        """Makes the folder and holds it against a second `baton up`.

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
            yield
        finally:
            os.close(lock)
