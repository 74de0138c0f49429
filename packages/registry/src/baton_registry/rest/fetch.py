"""A version's files: fetched through the tracking server, verified against their checksums.

Only what serving needs is fetched: the manifest, `MLmodel`, the ONNX file with the files that hold
its weights, and the input example. What else a version holds (pickles, code, environments) never
reaches the machine that serves. The bytes that are verified are the bytes that are given: what
happens to the files afterwards does not matter.

Nothing here checks who signed the version: `baton_engine.open_version` does, before it calls this.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from baton_registry.errors import ArtifactNotFound, InvalidModel
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.files import MAX_FILE_BYTES
from baton_registry.versions.manifest import MANIFEST_FILE, MAX_MANIFEST_BYTES, Manifest
from baton_registry.versions.mlmodel import MLMODEL_FILE, MLModel, relative_path
from baton_registry.versions.model_version import MANIFEST_TAG, ModelVersion
from baton_registry.versions.record import get_record
from baton_registry.versions.verified_files import (
    VerifiedFiles,
    check_manifest_tag,
    read_manifest,
)

FindWeightFiles = Callable[[bytes], Sequence[str]]
"""Finds the files that an ONNX file names for its weights, relative to the ONNX file's folder."""

_IN_ONE_FILE = "log the model with save_as_external_data=False"


def _find_none(_onnx: bytes) -> Sequence[str]:
    return ()


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
        weights: the content of the files that hold the weights, by the name that the ONNX file has
            for each; empty where it holds them itself.
        record: what is recorded of the version, from its manifest or from older tags.
    """

    version: ModelVersion
    mlmodel: MLModel
    onnx: bytes = field(repr=False)
    input_example: bytes | None = field(repr=False)
    verified: bool
    checksums: Mapping[str, str]
    weights: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    record: Manifest = field(default_factory=Manifest)


def fetch(
    client: RegistryClient,
    version: ModelVersion,
    directory: Path,
    find_weight_files: FindWeightFiles = _find_none,
) -> FetchedModel:
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
    files = VerifiedFiles(version, directory, download.manifest())
    mlmodel = download.mlmodel(files)
    files.check_listed(mlmodel.onnx_path)
    download(mlmodel.onnx_path)
    onnx = files.content(mlmodel.onnx_path)
    weights = _weight_paths(mlmodel, find_weight_files(onnx))
    download.weights(files, {*weights.values()})
    example = mlmodel.input_example_path
    if example is not None:
        try:
            download(example)
        except ArtifactNotFound:
            (directory / example).unlink(missing_ok=True)
    return _give(files, mlmodel, onnx, weights)


def reopen(
    version: ModelVersion, directory: Path, find_weight_files: FindWeightFiles = _find_none
) -> FetchedModel:
    """Verifies files fetched earlier and gives them as `fetch` does, without the network.

    Raises:
        ArtifactNotFound: a file is missing.
        ChecksumMismatch: a file was altered since.
        InvalidModel: the MLmodel file or the manifest cannot be read, or the ONNX file names a
            file elsewhere.
        OSError: a file could not be read, or is a link.
    """
    files = VerifiedFiles(version, directory, read_manifest(version, directory))
    mlmodel = files.mlmodel()
    onnx = files.content(mlmodel.onnx_path)
    return _give(files, mlmodel, onnx, _weight_paths(mlmodel, find_weight_files(onnx)))


def _give(
    files: VerifiedFiles, mlmodel: MLModel, onnx: bytes, weights: Mapping[str, str]
) -> FetchedModel:
    example = mlmodel.input_example_path
    return FetchedModel(
        version=files.version,
        mlmodel=mlmodel,
        onnx=onnx,
        weights={name: files.content(path) for name, path in weights.items()},
        input_example=files.read_optional(example) if example else None,
        verified=files.version.records_checksums,
        checksums=files.checksums,
        record=get_record(files.version, files.manifest),
    )


def fetch_mlmodel(client: RegistryClient, version: ModelVersion, directory: Path) -> MLModel:
    """Only the MLmodel file, verified: enough to compare schemas. Raises as `fetch` does."""
    download = _Download(client, version, directory)
    return download.mlmodel(VerifiedFiles(version, directory, download.manifest()))


def fetch_file(client: RegistryClient, version: ModelVersion, path: str, directory: Path) -> bytes:
    """The content of one file, verified. Raises as `fetch` does."""
    download = _Download(client, version, directory)
    files = VerifiedFiles(version, directory, download.manifest())
    files.check_listed(path)
    download(path)
    return files.content(path)


def fetch_record(client: RegistryClient, version: ModelVersion, directory: Path) -> Manifest:
    """Only what is recorded of the version, verified. Raises as `fetch` does."""
    return get_record(version, _Download(client, version, directory).manifest())


class _Download:
    """Downloads files of a version into a folder."""

    def __init__(self, client: RegistryClient, version: ModelVersion, directory: Path) -> None:
        check_manifest_tag(version)  # before anything is asked for
        self._client = client
        self._version = version
        self._directory = directory
        self._root = client.get_artifact_root(version)

    def __call__(self, path: str, max_bytes: int = MAX_FILE_BYTES) -> None:
        destination = self._directory / path
        destination.parent.mkdir(parents=True, exist_ok=True)
        self._client.download(self._root, path, destination, max_bytes)

    def manifest(self) -> Manifest | None:
        """The manifest, verified; None if the version has none."""
        if MANIFEST_TAG in self._version.tags:
            self(MANIFEST_FILE, MAX_MANIFEST_BYTES)
        return read_manifest(self._version, self._directory)

    def mlmodel(self, files: VerifiedFiles) -> MLModel:
        """The MLmodel file, verified."""
        files.check_listed(MLMODEL_FILE)
        self(MLMODEL_FILE)
        return files.mlmodel()

    def weights(self, files: VerifiedFiles, paths: set[str]) -> None:
        """The files with weights, which together may be as large as one file may be."""
        size = 0
        for path in paths:
            files.check_listed(path)
            try:
                self(path)
            except ArtifactNotFound as error:
                raise ArtifactNotFound(f"{error}, which holds weights; {_IN_ONE_FILE}") from error
            size += (self._directory / path).stat().st_size
            if size > MAX_FILE_BYTES:  # the ONNX file may name any number of them
                raise InvalidModel(
                    f"the files with weights are over {MAX_FILE_BYTES} bytes together"
                )


def _weight_paths(mlmodel: MLModel, names: Sequence[str]) -> Mapping[str, str]:
    """Each name of a file of weights to its path below the model's root."""
    folder = PurePosixPath(mlmodel.onnx_path).parent
    try:
        return {name: str(folder / relative_path(name)) for name in names}
    except InvalidModel as error:
        raise InvalidModel(
            f"the ONNX file has weights elsewhere: {error}; {_IN_ONE_FILE}"
        ) from error
