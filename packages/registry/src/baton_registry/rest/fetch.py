"""Fetches a version's files through the tracking server and verifies their checksums.

Only the files that serving needs are fetched: the manifest, `MLmodel`, the ONNX file with its
weight files, and the input example. Pickles, code and environments never reach the serving machine.
The returned bytes are the verified bytes, so later changes on disk do not matter.

This module does not check signatures: `baton_engine.open_version` does so first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from baton_registry.errors import ArtifactNotFound, InvalidModel
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.files import MAX_FILE_BYTES
from baton_registry.versions.manifest import MANIFEST_FILE, MAX_MANIFEST_BYTES, Manifest
from baton_registry.versions.manifest_from_tags import resolve_manifest
from baton_registry.versions.mlmodel import MLMODEL_FILE, MLModel, check_path
from baton_registry.versions.model_version import MANIFEST_TAG, ModelVersion
from baton_registry.versions.verified_files import (
    VerifiedFiles,
    check_manifest_tag,
    read_manifest,
)

FindWeightFiles = Callable[[bytes], Sequence[str]]
"""Finds the weight files that an ONNX file names, relative to its folder."""

_IN_ONE_FILE = "log the model with save_as_external_data=False"


def _find_none(_onnx: bytes) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class FetchedModel:
    """The verified files of a version that serving needs.

    Attributes:
        version: the version.
        mlmodel: the parsed MLmodel file.
        onnx: the content of the ONNX file.
        input_example: the content of the input example; None if there is none.
        verified: False if the version records no checksums.
        checksums: the checksums of the files, without the manifest.
        weights: the content of the weight files by their name in the ONNX file; empty if the ONNX
            file holds the weights itself.
        manifest: the manifest; of an older version, its tags as a manifest.
    """

    version: ModelVersion
    mlmodel: MLModel
    onnx: bytes = field(repr=False)
    input_example: bytes | None = field(repr=False)
    verified: bool
    checksums: Mapping[str, str]
    weights: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    manifest: Manifest = field(default_factory=Manifest)


def fetch(
    client: RegistryClient,
    version: ModelVersion,
    directory: Path,
    find_weight_files: FindWeightFiles = _find_none,
) -> FetchedModel:
    """Downloads and verifies the files that serving needs, into an existing, empty folder.

    Raises:
        RegistryUnavailable: the tracking server or its artifact store gave no answer.
        VersionNotFound: the version does not exist.
        ArtifactNotFound: the MLmodel file, the ONNX file or a recorded file is missing.
        InvalidModel: the version cannot be served; the message says why.
        ChecksumMismatch: a file is not the registered one.
        OSError: the folder cannot be written.
    """
    download = _Download(client, version, directory)
    files = VerifiedFiles(version, directory, download.fetch_manifest_file())
    mlmodel = download.fetch_mlmodel(files)
    files.check_listed(mlmodel.onnx_path)
    download(mlmodel.onnx_path)
    onnx = files.read(mlmodel.onnx_path)
    weights = _locate_weights(mlmodel, find_weight_files(onnx))
    download.fetch_weights(files, {*weights.values()})
    example = mlmodel.input_example_path
    if example is not None:
        try:
            download(example)
        except ArtifactNotFound:
            (directory / example).unlink(missing_ok=True)
    return _build(files, mlmodel, onnx, weights)


def reopen(
    version: ModelVersion, directory: Path, find_weight_files: FindWeightFiles = _find_none
) -> FetchedModel:
    """Verifies files that were fetched earlier, without the network. Returns what `fetch` returns.

    Raises:
        ArtifactNotFound: a file is missing.
        ChecksumMismatch: a file was altered.
        InvalidModel: the MLmodel file or the manifest is invalid, or the ONNX file names a file
            outside of the folder.
        OSError: a file cannot be read, or is a link.
    """
    files = VerifiedFiles(version, directory, read_manifest(version, directory))
    mlmodel = files.read_mlmodel()
    onnx = files.read(mlmodel.onnx_path)
    return _build(files, mlmodel, onnx, _locate_weights(mlmodel, find_weight_files(onnx)))


def _build(
    files: VerifiedFiles, mlmodel: MLModel, onnx: bytes, weights: Mapping[str, str]
) -> FetchedModel:
    example = mlmodel.input_example_path
    return FetchedModel(
        version=files.version,
        mlmodel=mlmodel,
        onnx=onnx,
        weights={name: files.read(path) for name, path in weights.items()},
        input_example=files.read_optional(example) if example else None,
        verified=files.version.records_checksums,
        checksums=files.checksums,
        manifest=resolve_manifest(files.version, files.manifest),
    )


def fetch_mlmodel(client: RegistryClient, version: ModelVersion, directory: Path) -> MLModel:
    """Fetches and verifies only the MLmodel file, to compare schemas. Raises as `fetch` does."""
    download = _Download(client, version, directory)
    return download.fetch_mlmodel(VerifiedFiles(version, directory, download.fetch_manifest_file()))


def fetch_file(client: RegistryClient, version: ModelVersion, path: str, directory: Path) -> bytes:
    """Fetches and verifies one file. Raises as `fetch` does."""
    download = _Download(client, version, directory)
    files = VerifiedFiles(version, directory, download.fetch_manifest_file())
    files.check_listed(path)
    download(path)
    return files.read(path)


def fetch_manifest(client: RegistryClient, version: ModelVersion, directory: Path) -> Manifest:
    """Fetches and verifies only the version's manifest. Raises as `fetch` does."""
    return resolve_manifest(version, _Download(client, version, directory).fetch_manifest_file())


class _Download:
    """Downloads a version's files into a folder."""

    def __init__(self, client: RegistryClient, version: ModelVersion, directory: Path) -> None:
        check_manifest_tag(version)  # before any request
        self._client = client
        self._version = version
        self._directory = directory
        self._root = client.get_artifact_root(version)

    def __call__(self, path: str, max_bytes: int = MAX_FILE_BYTES) -> None:
        destination = self._directory / path
        destination.parent.mkdir(parents=True, exist_ok=True)
        self._client.download(self._root, path, destination, max_bytes)

    def fetch_manifest_file(self) -> Manifest | None:
        """Fetches and verifies the file; None if the version has none."""
        if MANIFEST_TAG in self._version.tags:
            self(MANIFEST_FILE, MAX_MANIFEST_BYTES)
        return read_manifest(self._version, self._directory)

    def fetch_mlmodel(self, files: VerifiedFiles) -> MLModel:
        """Fetches and verifies the MLmodel file."""
        files.check_listed(MLMODEL_FILE)
        self(MLMODEL_FILE)
        return files.read_mlmodel()

    def fetch_weights(self, files: VerifiedFiles, paths: set[str]) -> None:
        """Fetches the weight files, up to `MAX_FILE_BYTES` together."""
        size = 0
        for path in paths:
            files.check_listed(path)
            try:
                self(path)
            except ArtifactNotFound as error:
                raise ArtifactNotFound(
                    f"the version has no file {path!r}, which holds weights; {_IN_ONE_FILE}"
                ) from error
            size += (self._directory / path).stat().st_size
            if size > MAX_FILE_BYTES:  # the ONNX file may name any number of them
                raise InvalidModel(
                    f"the weight files are over {MAX_FILE_BYTES} bytes together;"
                    " register a smaller model"
                )


def _locate_weights(mlmodel: MLModel, names: Sequence[str]) -> Mapping[str, str]:
    """Maps the name of each weight file to its path below the model's root."""
    folder = PurePosixPath(mlmodel.onnx_path).parent
    try:
        return {name: str(folder / check_path(name)) for name in names}
    except InvalidModel as error:
        raise InvalidModel(
            f"the ONNX file has weights elsewhere: {error}; {_IN_ONE_FILE}"
        ) from error
