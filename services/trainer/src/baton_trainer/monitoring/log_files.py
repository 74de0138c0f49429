"""The files of a prediction log, on this machine or on an object store."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from pyarrow import fs

from baton_common.locations import is_url, parse_location, strip_credentials
from baton_common.object_stores import describe_error, silence_logs
from baton_common.prediction_log import SUFFIX, parse_partition
from baton_trainer.errors import DataError

DATE = "date"
"""The name of the partition of a day."""


class LogFiles:
    """The files of a prediction log. Paths are relative to it.

    Attributes:
        name: the log's location, for messages.
        filesystem: pyarrow's file system.
        root: the log's path in it.
    """

    def __init__(self, location: Path | str) -> None:
        """Opens a log.

        Args:
            location: a folder, or a URL that fsspec knows; its credentials come from where the
                store's own library finds them.

        Raises:
            DataError: there is no such folder, it cannot be reached, or the URL has a password.
        """
        text = str(location)
        self.name = strip_credentials(text) if is_url(text) else text
        try:
            self.filesystem, self.root = _open_filesystem(location)
            is_there = self.filesystem.get_file_info(self.root).type == fs.FileType.Directory
        except DataError:
            raise
        except Exception as error:  # the stores' libraries share no base class
            raise self._create_error(error) from error
        if not is_there:
            raise DataError(
                f"{self.name}: no prediction log there; name its folder or URL: --from, or"
                " BATON_PREDICTIONS_DIR as it is set for inference"
            )

    def list_parts(self, folder: PurePosixPath, key: str) -> list[tuple[PurePosixPath, str]]:
        """Lists the partitions of a key in a folder, sorted: their paths and values."""
        return sorted(self._find_parts(folder, key))

    def list_days(self, folder: PurePosixPath) -> list[tuple[PurePosixPath, date]]:
        """Lists the folders of days in a folder, sorted."""
        return [
            (path, day)
            for path, text in self.list_parts(folder, DATE)
            if (day := _parse_day(text)) is not None
        ]

    def list_closed(self, folder: PurePosixPath) -> list[PurePosixPath]:
        """Lists the closed files in a folder, sorted."""
        return sorted(
            folder / entry.base_name
            for entry in self._list(folder)
            if entry.is_file and entry.base_name.endswith(SUFFIX)
        )

    def locate(self, path: PurePosixPath) -> str:
        """Returns the path of a file in the file system."""
        return f"{self.root}/{path}"

    def _find_parts(self, folder: PurePosixPath, key: str) -> Iterator[tuple[PurePosixPath, str]]:
        for entry in self._list(folder):
            try:
                name, value = parse_partition(entry.base_name)
            except ValueError:
                continue
            if name == key and not entry.is_file:
                yield folder / entry.base_name, value

    def _list(self, folder: PurePosixPath) -> list[Any]:
        try:
            selector = fs.FileSelector(self.locate(folder), allow_not_found=True)
            return list(self.filesystem.get_file_info(selector))
        except Exception as error:  # as above
            raise self._create_error(error) from error

    def _create_error(self, error: Exception) -> DataError:
        return DataError(
            f"{self.name}: the prediction log cannot be read ({describe_error(error)}); check the"
            " location, and the credentials in the environment"
        )


def _open_filesystem(location: Path | str) -> tuple[Any, str]:
    try:
        parsed = parse_location(location)
    except ValueError as error:
        raise DataError(
            f"the location of the prediction log is {error}; set the variables of its store instead"
        ) from error
    if isinstance(parsed, Path):
        return fs.LocalFileSystem(), str(parsed.absolute())
    try:
        import fsspec  # noqa: PLC0415 - an option
    except ModuleNotFoundError as error:
        raise DataError(
            f"{strip_credentials(parsed)}: fsspec is not installed; run: pip install"
            " 'baton-trainer[s3]'"
        ) from error
    silence_logs()
    files, root = fsspec.core.url_to_fs(parsed, use_listings_cache=False)
    return fs.PyFileSystem(fs.FSSpecHandler(files)), root.rstrip("/")


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
