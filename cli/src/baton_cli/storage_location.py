"""Files on this machine and on object stores, opened by fsspec.

Credentials come from the environment of the process that opens a file. No URL has any, because URLs
are in tasks, in messages and in the record of a dataset.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from baton_cli.errors import CommandFailed
from baton_common.object_stores import describe_error, silence_logs
from baton_common.paths import expand_home

if TYPE_CHECKING:  # an optional dependency, which `baton score FILE` does not need
    from fsspec import AbstractFileSystem

PACKAGES = {
    "s3": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "az": "adlfs",
}
"""The object stores by the scheme of their URLs, and the package of each. All of them show an
object complete or not at all."""


@dataclass(frozen=True)
class StorageLocation:
    """A file, a folder or a pattern.

    Attributes:
        text: a path, or a URL of an object store.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> "StorageLocation":
        """Parses what a user wrote.

        Raises:
            ValueError: the scheme is unknown, or the URL has a password.
        """
        scheme, separator, rest = text.partition("://")
        if not separator:
            return cls(str(expand_home(Path(text))))
        if scheme not in PACKAGES or "::" in rest:
            raise ValueError(
                f"{text!r} is neither a path nor a URL of {', '.join(f'{s}://' for s in PACKAGES)}"
            )
        user, at, _ = rest.partition("/")[0].rpartition("@")
        if at and ":" in user:
            raise ValueError(
                f"a URL of {scheme}:// must not have a password; set the variables of "
                f"{PACKAGES[scheme]}"
            )
        return cls(text.rstrip("/"))

    @property
    def is_local(self) -> bool:
        """Whether it is a path."""
        return "://" not in self.text

    @property
    def path(self) -> Path:
        """The path, if it is one."""
        return Path(self.text)

    def __str__(self) -> str:
        """Returns the path or the URL, for messages."""
        return self.text

    def make_absolute(self) -> "StorageLocation":
        """Returns the same location for a process with another working directory."""
        return StorageLocation(str(self.path.resolve())) if self.is_local else self

    def append(self, name: str) -> "StorageLocation":
        """Returns the location of a file in this folder."""
        return StorageLocation(f"{self.text.rstrip('/')}/{name}")

    def open_filesystem(self) -> "tuple[AbstractFileSystem, str]":
        """Returns the file system and the path in it.

        Raises:
            CommandFailed: the package of the object store is not installed, or refuses its
                credentials.
        """
        import fsspec  # noqa: PLC0415 - see above

        if self.is_local:
            return fsspec.filesystem("file"), self.text
        silence_logs()
        with explain_storage_errors("open", self):
            try:  # without the cache, because a worker may live for days
                filesystem, path = fsspec.core.url_to_fs(self.text, use_listings_cache=False)
            except ImportError as error:
                scheme = self.text.partition("://")[0]
                raise CommandFailed(
                    f"{scheme}:// needs the package {PACKAGES[scheme]}; install it here and where "
                    "the workers run"
                ) from error
        return filesystem, path


@contextmanager
def explain_storage_errors(action: str, location: StorageLocation) -> Iterator[None]:
    """Turns errors of the storage into `CommandFailed`; `action` is a verb, e.g. `read`."""
    try:
        yield
    except CommandFailed:
        raise
    except Exception as error:  # the stores' libraries share no base class
        raise CommandFailed(
            f"cannot {action} {location}: {describe_error(error)}; check the location and the"
            " access to it"
        ) from error
