"""Versions kept on disk: what serves now survives a restart while the registry is away.

    versions/<key>/version.json   what the registry said of the version, with its checksums
    versions/<key>/model/…        its files
    serving/<key>.json            which version serves for a model and alias
    staging/<random>/             a version on its way in; locked while its process lives

Several processes may share the folder: a version appears by one rename and is never altered.
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
from baton_inference.lifecycle.policy import Identity
from baton_registry.versions.model_version import ModelVersion

KEEP = 5
"""Versions kept beside those that serve: a rollback to one of them needs no download."""


class VersionCache:
    """The folder. Every method raises `OSError` where the disk does not do as it is told."""

    def __init__(self, directory: Path) -> None:
        self._versions = directory / "versions"
        self._serving = directory / "serving"
        self._staging = directory / "staging"

    def find(self, name: str, identity: Identity) -> tuple[ModelVersion, Path] | None:
        """A kept version and the folder of its files; None where it is not kept.

        The version's checksums are the registry's or, where that records none, those that the
        files had when they were fetched.
        """
        kept = self._open(self._versions / _key(name, identity.version, identity.source), name)
        return kept if kept and Identity.from_version(kept[0]) == identity else None

    def find_last_served(self, name: str, alias: str) -> tuple[ModelVersion, Path] | None:
        """What served last for this model and alias; None where nothing did, or it is gone."""
        entry = _entry_of(self._serving / f"{_key(name, alias)}.json")
        return self._open(self._versions / entry, name) if entry else None

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """An empty folder for files on their way in; gone afterwards unless it was kept."""
        self._staging.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self._staging))
        lock = os.open(folder, os.O_RDONLY)
        try:
            # Held while this process lives, whatever becomes of it: other processes, which may
            # have the same id in another container, see that the folder is in use.
            with suppress(OSError):  # a file system without locks: leftovers stay there
                fcntl.flock(lock, fcntl.LOCK_EX)
            model = folder / "model"
            model.mkdir()
            yield model
        finally:
            os.close(lock)
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, version: ModelVersion, model: Path) -> None:
        """Takes in a version with checksums from its staging folder, in one step.

        Another process that shares the cache may keep the same version at the same time: then its
        copy stays, and both succeed.
        """
        entry = self._versions / _key(version.name, version.version, version.source)
        (model.parent / "version.json").write_text(json.dumps(_to_json(version)), encoding="utf-8")
        self._versions.mkdir(parents=True, exist_ok=True)
        if entry.exists():  # fetched again: what was kept proved to be altered
            with self.staging() as away, suppress(FileNotFoundError):
                entry.rename(away / "replaced")
        try:
            model.parent.rename(entry)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise

    def point_to(self, version: ModelVersion, alias: str) -> None:
        """Notes that the version serves, and forgets versions that were not used for long."""
        entry = _key(version.name, version.version, version.source)
        with suppress(FileNotFoundError):  # served from a temporary folder, without being kept
            os.utime(self._versions / entry)
        note = {"model_name": version.name, "alias": alias, "entry": entry}
        self._serving.mkdir(parents=True, exist_ok=True)
        pointer = self._serving / f"{_key(version.name, alias)}.json"
        write_atomic(pointer, json.dumps(note).encode(), mode=0o600)
        self._prune()

    def clean(self) -> None:
        """Removes what processes that died left in staging."""
        if not self._staging.exists():
            return
        for folder in self._staging.iterdir():
            if not _is_locked(folder):
                shutil.rmtree(folder, ignore_errors=True)

    def _open(self, entry: Path, name: str) -> tuple[ModelVersion, Path] | None:
        """What an entry holds; None where that is nothing, another model's, or has no checksums."""
        try:
            version = _from_json(json.loads((entry / "version.json").read_bytes()))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return (
            (version, entry / "model")
            if version.name == name and version.records_checksums
            else None
        )

    def _prune(self) -> None:
        pinned = {_entry_of(file) for file in self._serving.glob("*.json")}
        others = [each for each in self._versions.glob("*") if each.name not in pinned]
        others.sort(key=_modified_at, reverse=True)
        for entry in others[KEEP:]:
            shutil.rmtree(entry, ignore_errors=True)


def _key(*parts: str) -> str:
    """A file name for names that may hold any character."""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def _entry_of(pointer: Path) -> str | None:
    """The name of the entry that a pointer file names; None where there is no such file."""
    try:
        return Path(json.loads(pointer.read_bytes())["entry"]).name
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process was quicker
        return 0.0


def _is_locked(folder: Path) -> bool:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # locked, or a file system without locks
        return True
    finally:
        os.close(handle)
    return False


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
