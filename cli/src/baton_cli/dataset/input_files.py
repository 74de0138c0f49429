"""The files of a dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baton_cli.errors import CommandFailed
from baton_cli.storage_location import StorageLocation, explain_storage_errors

SUFFIXES = (".parquet", ".pq", ".csv", ".csv.gz")
"""The files of a folder; the others are ignored. A pattern or a name selects any file."""
_STAMPS = ("ETag", "etag", "mtime", "LastModified", "last_modified")
"""What file systems report of a file's content, the most reliable first."""
_MAGIC = ("*", "?", "[")


@dataclass(frozen=True)
class InputFile:
    """A file, as it was when the work was planned.

    Attributes:
        location: where it is.
        size: its bytes.
        stamp: changes with its content: the tag of an object, or the time of the last write.
    """

    location: StorageLocation
    size: int
    stamp: str

    @classmethod
    def from_info(cls, location: StorageLocation, info: Mapping[str, Any]) -> "InputFile":
        """Reads what fsspec reports of a file."""
        stamp = next((str(info[key]) for key in _STAMPS if info.get(key)), "")
        return cls(location, int(info["size"] or 0), stamp)

    def check_unchanged(self) -> None:
        """Checks that the file is still the same. Raises `CommandFailed`."""
        filesystem, path = self.location.open_filesystem()
        with explain_storage_errors("read", self.location):
            now = InputFile.from_info(self.location, filesystem.info(path))
        if now != self:
            raise CommandFailed(
                f"{self.location} has changed since the command started; score a dataset that "
                "no program writes to"
            )


def list_input_files(location: StorageLocation) -> list[InputFile]:
    """Lists the files of a folder and its subfolders, of a pattern, or the one file; sorted.

    Names that begin with a dot or an underscore are ignored in a folder, as other readers of
    datasets do.

    Raises:
        CommandFailed: there is no such file, or it cannot be listed.
    """
    filesystem, path = location.open_filesystem()
    with explain_storage_errors("read", location):
        try:
            info = filesystem.info(path)
        except FileNotFoundError:
            info = None
        if info is not None and info["type"] == "file":
            found = {path: info}
        elif info is None and any(sign in path for sign in _MAGIC):
            found = filesystem.glob(path, detail=True)
            found = {name: each for name, each in found.items() if each["type"] == "file"}
        else:
            found = filesystem.find(path, detail=True)
            found = {name: each for name, each in found.items() if _is_data(name[len(path) :])}
    if not found:
        raise CommandFailed(
            f"{location} has no CSV or Parquet file; name a folder, a pattern or a file"
        )
    files = []
    for name, each in sorted(found.items()):
        url = name if location.is_local else filesystem.unstrip_protocol(name)
        files.append(InputFile.from_info(StorageLocation(url), each))
    return files


def _is_data(name: str) -> bool:
    is_hidden = any(part[:1] in ("_", ".") for part in name.split("/") if part)
    return not is_hidden and name.lower().endswith(SUFFIXES)
