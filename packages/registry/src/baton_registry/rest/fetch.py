"""A version's files: fetched through the tracking server, verified against their checksums.

Only what serving needs is fetched: the manifest, `MLmodel`, the ONNX file and the input example.
What else a version holds (pickles, code, environments) never reaches the machine that serves. The
bytes that are verified are the bytes that are given: what happens to the files afterwards does not
matter.

Nothing here checks who signed the version: `baton_engine.open_version` does, before it calls this.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from baton_registry.errors import ArtifactNotFound, ChecksumMismatch
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.files import MAX_FILE_BYTES, read_file
from baton_registry.versions.manifest import (
    MANIFEST_FILE,
    MAX_MANIFEST_BYTES,
    Manifest,
    is_sha256,
    parse,
)
from baton_registry.versions.mlmodel import MLMODEL_FILE, MLModel, parse_mlmodel
from baton_registry.versions.model_version import MANIFEST_TAG, ModelVersion
from baton_registry.versions.record import record_of


@dataclass(frozen=True)
class FetchedModel:
    """What serving needs of a version, as it was when it was verified.

    Attributes:
        version: what the registry says of it.
        mlmodel: the parsed MLmodel file.
        onnx: the content of the ONNX file.
        input_example: the content of the input example; None where the version has none.
        verified: False where the version records no checksums.
        checksums: of the files that were read, without the manifest.
        record: what is recorded of the version, from its manifest or from older tags.
    """

    version: ModelVersion
    mlmodel: MLModel
    onnx: bytes = field(repr=False)
    input_example: bytes | None = field(repr=False)
    verified: bool
    checksums: Mapping[str, str]
    record: Manifest = field(default_factory=Manifest)


def fetch(client: RegistryClient, version: ModelVersion, directory: Path) -> FetchedModel:
    """Downloads and verifies what serving needs of a version into an existing, empty folder.

    Raises:
        RegistryUnavailable: the tracking server or its artifact store gave no answer.
        VersionNotFound: the version is gone.
        ArtifactNotFound: the MLmodel, the ONNX file, or another file that is recorded is missing.
        InvalidModel: the version cannot be served; the text says why.
        ChecksumMismatch: a file is not the one that was registered.
        OSError: the folder could not be written.
    """
    download = _Download(client, version, directory)
    files = _Files(version, directory, download.manifest())
    mlmodel = download.mlmodel(files)
    files.check_listed(mlmodel.onnx_path)
    download(mlmodel.onnx_path)
    example = mlmodel.input_example_path
    if example is not None:
        try:
            download(example)
        except ArtifactNotFound:
            (directory / example).unlink(missing_ok=True)
    return reopen(version, directory)


def reopen(version: ModelVersion, directory: Path) -> FetchedModel:
    """Verifies files fetched earlier and gives them as `fetch` does, without the network.

    Raises:
        ArtifactNotFound: a file is missing.
        ChecksumMismatch: a file was altered since.
        InvalidModel: the MLmodel file or the manifest cannot be read.
        OSError: a file could not be read, or is a link.
    """
    manifest = _manifest(version, directory)
    files = _Files(version, directory, manifest)
    mlmodel = files.mlmodel()
    example = mlmodel.input_example_path
    return FetchedModel(
        version=version,
        mlmodel=mlmodel,
        onnx=files.content(mlmodel.onnx_path),
        input_example=files.optional_content(example) if example else None,
        verified=version.records_checksums,
        checksums=files.checksums,
        record=record_of(version, manifest),
    )


def fetch_mlmodel(client: RegistryClient, version: ModelVersion, directory: Path) -> MLModel:
    """Only the MLmodel file, verified: enough to compare signatures. Raises as `fetch` does."""
    download = _Download(client, version, directory)
    return download.mlmodel(_Files(version, directory, download.manifest()))


def fetch_file(client: RegistryClient, version: ModelVersion, path: str, directory: Path) -> bytes:
    """The content of one file, verified. Raises as `fetch` does."""
    download = _Download(client, version, directory)
    files = _Files(version, directory, download.manifest())
    files.check_listed(path)
    download(path)
    return files.content(path)


def fetch_record(client: RegistryClient, version: ModelVersion, directory: Path) -> Manifest:
    """Only what is recorded of the version, verified. Raises as `fetch` does."""
    return record_of(version, _Download(client, version, directory).manifest())


class _Download:
    """Downloads files of a version into a folder."""

    def __init__(self, client: RegistryClient, version: ModelVersion, directory: Path) -> None:
        _check_tag(version)  # before anything is asked for
        self._client = client
        self._version = version
        self._directory = directory
        self._root = client.artifact_root(version)

    def __call__(self, path: str, max_bytes: int = MAX_FILE_BYTES) -> None:
        destination = self._directory / path
        destination.parent.mkdir(parents=True, exist_ok=True)
        self._client.download(self._root, path, destination, max_bytes)

    def manifest(self) -> Manifest | None:
        """The manifest, verified; None if the version has none."""
        if MANIFEST_TAG in self._version.tags:
            self(MANIFEST_FILE, MAX_MANIFEST_BYTES)
        return _manifest(self._version, self._directory)

    def mlmodel(self, files: "_Files") -> MLModel:
        """The MLmodel file, verified."""
        files.check_listed(MLMODEL_FILE)
        self(MLMODEL_FILE)
        return files.mlmodel()


class _Files:
    """A version's files in a folder, each verified as it is read.

    The manifest's checksums must hold, and so must those in older tags, if there are any.
    """

    def __init__(self, version: ModelVersion, directory: Path, manifest: Manifest | None) -> None:
        self._version = version
        self._directory = directory
        recorded = (version.checksums, manifest.files if manifest else {})
        self._recorded = [each for each in recorded if each]
        self.checksums: dict[str, str] = {}

    def mlmodel(self) -> MLModel:
        return parse_mlmodel(self.content(MLMODEL_FILE).decode(errors="replace"))

    def content(self, path: str) -> bytes:
        content = _content(self._directory, path)
        self.check_listed(path)
        self.checksums[path] = digest = hashlib.sha256(content).hexdigest()
        if any(recorded[path] != digest for recorded in self._recorded):
            raise _mismatch(self._version, path, "differs from")
        return content

    def optional_content(self, path: str) -> bytes | None:
        """As `content`; None where the file is neither there nor recorded."""
        try:
            return self.content(path)
        except ArtifactNotFound:
            if any(path in recorded for recorded in self._recorded):
                raise
            return None

    def check_listed(self, path: str) -> None:
        """Lets a file pass that has a checksum wherever checksums are recorded."""
        if any(path not in recorded for recorded in self._recorded):
            raise _mismatch(self._version, path, "has none among")


def _check_tag(version: ModelVersion) -> None:
    if not is_sha256(version.tags.get(MANIFEST_TAG, "0" * 64)):
        raise ChecksumMismatch(
            f"the tag {MANIFEST_TAG} of version {version.version} is no SHA-256; register the"
            " version again"
        )


def _manifest(version: ModelVersion, directory: Path) -> Manifest | None:
    """The manifest in a folder, once it is the one that the tag says; None if there is no tag."""
    if MANIFEST_TAG not in version.tags:
        return None
    _check_tag(version)
    content = _content(directory, MANIFEST_FILE, MAX_MANIFEST_BYTES)
    digest = hashlib.sha256(content).hexdigest()
    expected = {version.tags[MANIFEST_TAG], version.checksums.get(MANIFEST_FILE, digest)}
    if expected != {digest}:
        raise _mismatch(version, MANIFEST_FILE, "differs from")
    return parse(content)


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
