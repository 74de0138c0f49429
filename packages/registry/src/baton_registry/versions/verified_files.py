"""Reads a version's files from disk and verifies each against the recorded checksums."""

import hashlib
from pathlib import Path

from baton_registry.errors import ArtifactNotFound, ChecksumMismatch
from baton_registry.versions.files import MAX_FILE_BYTES, read_file
from baton_registry.versions.manifest import (
    MANIFEST_FILE,
    MAX_MANIFEST_BYTES,
    Manifest,
    is_sha256,
    parse_manifest,
)
from baton_registry.versions.mlmodel import MLMODEL_FILE, MLModel, parse_mlmodel
from baton_registry.versions.model_version import MANIFEST_TAG, ModelVersion


class VerifiedFiles:
    """Reads a version's files from a folder.

    The files must match the manifest and, if there are any, the checksums in older tags.
    """

    def __init__(self, version: ModelVersion, directory: Path, manifest: Manifest | None) -> None:
        self.version = version
        self.manifest = manifest
        self._directory = directory
        recorded = (version.checksums, manifest.files if manifest else {})
        self._recorded = [each for each in recorded if each]
        self.checksums: dict[str, str] = {}
        """The checksums of the files read so far, without the manifest."""

    def read_mlmodel(self) -> MLModel:
        """Reads and parses the MLmodel file. Raises as `read` does, and `InvalidModel`."""
        return parse_mlmodel(self.read(MLMODEL_FILE).decode(errors="replace"))

    def read(self, path: str) -> bytes:
        """Reads a file.

        Raises:
            ArtifactNotFound: the file does not exist.
            ChecksumMismatch: the file is not the registered one.
            OSError: the file cannot be read, or is a link.
        """
        content = _read(self._directory, path)
        self.check_listed(path)
        self.checksums[path] = digest = hashlib.sha256(content).hexdigest()
        if any(recorded[path] != digest for recorded in self._recorded):
            raise _create_mismatch(self.version, path, "differs from")
        return content

    def read_optional(self, path: str) -> bytes | None:
        """Reads a file; None if it neither exists nor is recorded."""
        try:
            return self.read(path)
        except ArtifactNotFound:
            if any(path in recorded for recorded in self._recorded):
                raise
            return None

    def check_listed(self, path: str) -> None:
        """Raises `ChecksumMismatch` unless every recorded list of checksums names this file."""
        if any(path not in recorded for recorded in self._recorded):
            raise _create_mismatch(self.version, path, "is not listed in")


def check_manifest_tag(version: ModelVersion) -> None:
    """Raises `ChecksumMismatch` if the manifest's tag exists and is not a SHA-256."""
    if not is_sha256(version.tags.get(MANIFEST_TAG, "0" * 64)):
        raise ChecksumMismatch(
            f"the tag {MANIFEST_TAG} of version {version.version} is not a SHA-256; register the"
            " version again"
        )


def read_manifest(version: ModelVersion, directory: Path) -> Manifest | None:
    """Reads and verifies the manifest in a folder; None if the version has no manifest tag."""
    if MANIFEST_TAG not in version.tags:
        return None
    check_manifest_tag(version)
    content = _read(directory, MANIFEST_FILE, MAX_MANIFEST_BYTES)
    digest = hashlib.sha256(content).hexdigest()
    expected = {version.tags[MANIFEST_TAG], version.checksums.get(MANIFEST_FILE, digest)}
    if expected != {digest}:
        raise _create_mismatch(version, MANIFEST_FILE, "differs from")
    return parse_manifest(content)


def _read(directory: Path, path: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    try:
        return read_file(directory, path, max_bytes)
    except FileNotFoundError as error:
        raise ArtifactNotFound(f"the version has no file {path!r}") from error


def _create_mismatch(version: ModelVersion, path: str, how: str) -> ChecksumMismatch:
    return ChecksumMismatch(
        f"the file {path!r} of version {version.version} {how} the checksums in the registry;"
        " register the version again"
    )
