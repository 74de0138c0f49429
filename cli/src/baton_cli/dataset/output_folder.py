"""The output: a Parquet dataset whose files appear complete or not at all."""

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from arro3.core import RecordBatch, Schema

from baton_cli.bulk.sink import write_parquet_file
from baton_cli.storage_location import StorageLocation, explain_storage_errors
from baton_common.atomic_file import open_atomic

_PART = re.compile(r"part-(\d{5,})\.parquet")
_DRAFT = re.compile(r"\.(part-\d{5,}\.parquet|_baton\.json)\.[0-9a-f]+")
"""What `open_atomic` leaves if its process is killed."""


@dataclass(frozen=True)
class OutputFolder:
    """A folder, or a prefix on an object store.

    Attributes:
        location: where it is.
    """

    location: StorageLocation

    def create(self) -> None:
        """Creates a folder on this machine. Raises `CommandFailed`."""
        if self.location.is_local:
            with explain_storage_errors("write", self.location):
                self.location.path.mkdir(parents=True, exist_ok=True)

    def list_names(self) -> list[str]:
        """Lists the names in the folder; none if it does not exist. Raises `CommandFailed`."""
        filesystem, path = self.location.open_filesystem()
        with explain_storage_errors("read", self.location):
            try:
                found = filesystem.ls(path, detail=False)
            except FileNotFoundError:
                return []
        return [name.rpartition("/")[2] for name in found]

    def list_written(self) -> frozenset[int]:
        """Lists the numbers of the partitions that are there. Raises `CommandFailed`."""
        matches = map(_PART.fullmatch, self.list_names())
        return frozenset(int(match[1]) for match in matches if match)

    def write_partition(self, number: int, batches: Iterator[RecordBatch], schema: Schema) -> None:
        """Writes the rows of a partition. If `batches` raises, nothing is written.

        Raises:
            CommandFailed: the folder cannot be written.
        """
        location = self.location.append(f"part-{number:05}.parquet")
        self._write(location, lambda file: write_parquet_file(batches, schema, file))

    def read_file(self, name: str) -> bytes | None:
        """Reads a small file; None if there is none. Raises `CommandFailed`."""
        location = self.location.append(name)
        filesystem, path = location.open_filesystem()
        with explain_storage_errors("read", location):
            try:
                content: bytes = filesystem.cat_file(path)
            except FileNotFoundError:
                return None
        return content

    def write_file(self, name: str, content: bytes) -> None:
        """Writes a small file. Raises `CommandFailed`."""
        self._write(self.location.append(name), lambda file: file.write(content))

    def remove_drafts(self) -> None:
        """Removes the incomplete files of processes that were killed."""
        if self.location.is_local:
            for path in self.location.path.iterdir():
                if _DRAFT.fullmatch(path.name):
                    path.unlink(missing_ok=True)

    def _write(self, location: StorageLocation, write: Callable[[IO[bytes]], object]) -> None:
        """Writes a file in one step.

        fsspec's own file would upload what a failed block has written, when it is closed.
        """
        with explain_storage_errors("write", location):
            if location.is_local:
                with open_atomic(location.path) as file:
                    write(file)
                return
            with tempfile.NamedTemporaryFile(prefix="baton-") as draft:
                write(draft)
                draft.flush()
                filesystem, path = location.open_filesystem()
                filesystem.put_file(draft.name, path)
