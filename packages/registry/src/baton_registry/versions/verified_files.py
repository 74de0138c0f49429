"""A version's files on this disk, each verified against what the registry records as it is read."""

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

    The manifest's checksums must hold, and so must those in older tags, if there are any.
    """

    def __init__(self, version: ModelVersion, directory: Path, manifest: Manifest | None) -> None:
        self.version = version
        self.manifest = manifest
        self._directory = directory
        recorded = (version.checksums, manifest.files if manifest else {})
        self._recorded = [each for each in recorded if each]
        self.checksums: dict[str, str] = {}
        """Of the files that were read, without the manifest."""

    def mlmodel(self) -> MLModel:
        """Parses the MLmodel file. Raises as `content` does, and `InvalidModel`."""
        return parse_mlmodel(self.content(MLMODEL_FILE).decode(errors="replace"))

    def content(self, path: str) -> bytes:
        """Reads a file.

        Raises:
            ArtifactNotFound: there is no such file.
            ChecksumMismatch: it is not the one that was registered.
            OSError: it could not be read, or is a link.
        """
        content = _content(self._directory, path)
        self.check_listed(path)
        self.checksums[path] = digest = hashlib.sha256(content).hexdigest()
        if any(recorded[path] != digest for recorded in self._recorded):
            raise _mismatch(self.version, path, "differs from")
        return content

    def read_optional(self, path: str) -> bytes | None:
        """As `content`; None where the file is neither there nor recorded."""
        try:
            return self.content(path)
        except ArtifactNotFound:
            if any(path in recorded for recorded in self._recorded):
                raise
            return None

    def check_listed(self, path: str) -> None:
        """Raises `ChecksumMismatch` unless every recorded list of checksums names this file."""
        if any(path not in recorded for recorded in self._recorded):
            raise _mismatch(self.version, path, "is not listed among")


def check_manifest_tag(version: ModelVersion) -> None:
    """Raises `ChecksumMismatch` if the tag of the manifest is there and no SHA-256."""
    if not is_sha256(version.tags.get(MANIFEST_TAG, "0" * 64)):
        raise ChecksumMismatch(
            f"the tag {MANIFEST_TAG} of version {version.version} is no SHA-256; register the"
            " version again"
        )


def read_manifest(version: ModelVersion, directory: Path) -> Manifest | None:
    """Reads the manifest in a folder, if it is the one that the tag says; None without a tag."""
    if MANIFEST_TAG not in version.tags:
        return None
    check_manifest_tag(version)
    content = _content(directory, MANIFEST_FILE, MAX_MANIFEST_BYTES)
    digest = hashlib.sha256(content).hexdigest()
    expected = {version.tags[MANIFEST_TAG], version.checksums.get(MANIFEST_FILE, digest)}
    if expected != {digest}:
        raise _mismatch(version, MANIFEST_FILE, "differs from")
    return parse_manifest(content)


def _content(directory: Path, path: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    try:
        return read_file(directory, path, max_bytes)
    except FileNotFoundError as error:
        raise ArtifactNotFound(f"the version has no file {path!r}") from error


def _mismatch(version: ModelVersion, path: str, why: str) -> ChecksumMismatch:
    return ChecksumMismatch(
        f"the file {path!r} of version {version.version} {why} the checksums in the registry;"
        " register the version again"
    )
