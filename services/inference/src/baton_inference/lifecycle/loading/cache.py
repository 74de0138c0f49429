"""The cache of versions on disk. A restart can serve from it while the registry is unreachable.

    versions/<key>/version.json   the registry entry of the version, with its checksums
    versions/<key>/model/…        its files
    versions/<key>/proven         the version has passed its trial, with the runtime that it names
    serving/<key>.json            the version that serves for a model and alias, and the one before
    staging/<random>/             a version that is being fetched; locked while its process lives
    loading/<random>.json         a version on trial, which may end its process: see `load_marks.py`

Several processes can share the folder: one rename adds a version, and no process alters it.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from baton_common.atomic_file import write_atomic
from baton_inference.lifecycle.loading.locks import is_locked
from baton_inference.lifecycle.loading.runtime import describe_runtime
from baton_registry.versions.model_version import ModelVersion, VersionIdentity

SPARE_VERSIONS = 5
"""Versions kept beside those that serve. A rollback to one of them needs no download."""
PROVEN = "proven"
CachedVersion = tuple[ModelVersion, Path]
"""A version, and the folder of its files."""


class VersionCache:
    """The folder. Every method raises `OSError` if the disk fails.

    Attributes:
        marks: the folder of the marks of `load_marks.py`.
    """

    def __init__(self, directory: Path) -> None:
        self.marks = directory / "loading"
        self._versions = directory / "versions"
        self._serving = directory / "serving"
        self._staging = directory / "staging"

    def find(self, name: str, identity: VersionIdentity) -> CachedVersion | None:
        """Returns a cached version and the folder of its files; None if it is not cached.

        The version's checksums are the registry's. If the registry records none, they are the
        checksums of the files at the time of the fetch.
        """
        key = _make_key(name, identity.version, identity.source)
        cached = self._open(self._versions / key, name)
        return cached if cached and cached[0].identity == identity else None

    def find_last_served(self, name: str, alias: str) -> list[CachedVersion]:
        """Returns the versions that served last for this model and alias, the last one first.

        There are at most two. Those that are gone are left out.
        """
        entries = _read_pointer(self._get_pointer(name, alias))
        cached = [self._open(self._versions / entry, name) for entry in entries]
        return [each for each in cached if each is not None]

    def is_proven(self, version: ModelVersion) -> bool:
        """Whether the version has been live for long enough on this machine, with this runtime."""
        try:
            return (self._get_entry(version) / PROVEN).read_bytes() == describe_runtime().encode()
        except (FileNotFoundError, NotADirectoryError):
            return False

    def record_proven(self, version: ModelVersion) -> None:
        """Records that the version is proven, if it is cached."""
        with suppress(FileNotFoundError, NotADirectoryError):
            write_atomic(self._get_entry(version) / PROVEN, describe_runtime().encode(), mode=0o600)

    @contextmanager
    def stage(self) -> Iterator[Path]:
        """Creates an empty folder for the files of a version. Removes it, unless it was kept."""
        self._staging.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self._staging))
        lock = os.open(folder, os.O_RDONLY)
        try:
            # The lock ends with this process, however it ends. A process id would not do: in
            # another container, another process can have the same one.
            with suppress(OSError):  # a file system without locks keeps leftovers
                fcntl.flock(lock, fcntl.LOCK_EX)
            model = folder / "model"
            model.mkdir()
            yield model
        finally:
            os.close(lock)
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, version: ModelVersion, model: Path) -> None:
        """Moves a version with checksums from its staging folder into the cache, in one step.

        If another process keeps the same version at the same time, its copy stays and both succeed.
        """
        entry = self._get_entry(version)
        (model.parent / "version.json").write_text(json.dumps(_to_json(version)), encoding="utf-8")
        self._versions.mkdir(parents=True, exist_ok=True)
        if entry.exists():  # the cached files were altered, and the version was fetched again
            with self.stage() as discarded, suppress(FileNotFoundError):
                entry.rename(discarded / "replaced")
        try:
            model.parent.rename(entry)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise

    def record_serving(self, version: ModelVersion, alias: str) -> None:
        """Records that the version serves, and removes the least recently used versions."""
        entry = self._get_entry(version)
        with suppress(FileNotFoundError):  # it was loaded without being cached
            os.utime(entry)
        pointer = self._get_pointer(version.name, alias)
        before = [each for each in _read_pointer(pointer) if each != entry.name]
        content = {"model_name": version.name, "alias": alias, "entry": entry.name}
        self._serving.mkdir(parents=True, exist_ok=True)
        document = {**content, "before": before[0] if before else None}
        write_atomic(pointer, json.dumps(document).encode(), mode=0o600)
        self._prune()

    def remove_leftovers(self) -> None:
        """Removes the staging folders of processes that died."""
        if not self._staging.exists():
            return
        for folder in self._staging.iterdir():
            if not is_locked(folder):
                shutil.rmtree(folder, ignore_errors=True)

    def _open(self, entry: Path, name: str) -> CachedVersion | None:
        """Reads an entry; None if it is missing, another model's, or without checksums."""
        try:
            version = _from_json(json.loads((entry / "version.json").read_bytes()))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return (
            (version, entry / "model")
            if version.name == name and version.records_checksums
            else None
        )

    def _get_entry(self, version: ModelVersion) -> Path:
        return self._versions / _make_key(version.name, version.version, version.source)

    def _get_pointer(self, name: str, alias: str) -> Path:
        return self._serving / f"{_make_key(name, alias)}.json"

    def _prune(self) -> None:
        pointers = self._serving.glob("*.json")
        serving = {entry for file in pointers for entry in _read_pointer(file)}
        spare = [each for each in self._versions.glob("*") if each.name not in serving]
        spare.sort(key=_read_mtime, reverse=True)
        for entry in spare[SPARE_VERSIONS:]:
            shutil.rmtree(entry, ignore_errors=True)


def _make_key(*parts: str) -> str:
    """Makes a file name from names that may hold any character."""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def _read_pointer(pointer: Path) -> list[str]:
    """Returns the entries that a pointer file names, the serving one first.

    Empty if the file cannot be read. A pointer of an older release names one entry.
    """
    try:
        document = json.loads(pointer.read_bytes())
        entries = [document["entry"], document.get("before") or document["entry"]]
        return [*dict.fromkeys(Path(entry).name for entry in entries)]
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _read_mtime(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process removed it
        return 0.0


def _to_json(version: ModelVersion) -> dict[str, Any]:
    return {
        "name": version.name,
        "version": version.version,
        "run_id": version.run_id,
        "source": version.source,
        "status": version.status,
        "tags": dict(version.tags),
    }


def _from_json(document: dict[str, Any]) -> ModelVersion:
    return ModelVersion(**{**document, "tags": MappingProxyType(dict(document["tags"]))})
