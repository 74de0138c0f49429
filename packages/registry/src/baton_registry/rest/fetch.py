"""A version's files: fetched through the tracking server, verified against their checksums.

Only what serving needs is fetched: `MLmodel`, the ONNX file with the files that hold its weights,
and the input example. What else a
version holds (pickles, code, environments) never reaches the machine that serves. The bytes that
are verified are the bytes that are given: what happens to the files afterwards does not matter.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from baton_registry.errors import ArtifactNotFound, ChecksumMismatch, InvalidModel
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.files import MAX_FILE_BYTES, read_file
from baton_registry.versions.mlmodel import MLMODEL_FILE, MLModel, parse_mlmodel, relative_path
from baton_registry.versions.model_version import ModelVersion

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
        checksums: of the files that were read.
        weights: the content of the files that hold the weights, by the name that the ONNX file has
            for each; empty where it holds them itself.
    """

    version: ModelVersion
    mlmodel: MLModel
    onnx: bytes = field(repr=False)
    input_example: bytes | None = field(repr=False)
    verified: bool
    checksums: Mapping[str, str]
    weights: Mapping[str, bytes] = field(default_factory=dict, repr=False)


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
    root = client.artifact_root(version)
    _download(client, root, MLMODEL_FILE, directory)
    files = _Files(version, directory)
    mlmodel = files.mlmodel()
    _download(client, root, mlmodel.onnx_path, directory)
    onnx = files.content(mlmodel.onnx_path)
    weights = _weight_paths(mlmodel, find_weight_files(onnx))
    _download_weights(client, root, weights, directory)
    example = mlmodel.input_example_path
    if example is not None:
        try:
            _download(client, root, example, directory)
        except ArtifactNotFound:
            (directory / example).unlink(missing_ok=True)
    return _open(files, mlmodel, onnx, weights)


def reopen(
    version: ModelVersion, directory: Path, find_weight_files: FindWeightFiles = _find_none
) -> FetchedModel:
    """Verifies files fetched earlier and gives them as `fetch` does, without the network.

    Raises:
        ArtifactNotFound: a file is missing.
        ChecksumMismatch: a file was altered since.
        InvalidModel: the MLmodel file cannot be read, or the ONNX file names a file elsewhere.
        OSError: a file could not be read, or is a link.
    """
    files = _Files(version, directory)
    mlmodel = files.mlmodel()
    onnx = files.content(mlmodel.onnx_path)
    return _open(files, mlmodel, onnx, _weight_paths(mlmodel, find_weight_files(onnx)))


def _open(
    files: "_Files", mlmodel: MLModel, onnx: bytes, weights: Mapping[str, str]
) -> FetchedModel:
    example = mlmodel.input_example_path
    return FetchedModel(
        version=files.version,
        mlmodel=mlmodel,
        onnx=onnx,
        weights={name: files.content(path) for name, path in weights.items()},
        input_example=files.optional_content(example) if example else None,
        verified=bool(files.version.checksums),
        checksums=files.checksums,
    )


def fetch_mlmodel(client: RegistryClient, version: ModelVersion, directory: Path) -> MLModel:
    """Only the MLmodel file, verified: enough to compare signatures. Raises as `fetch` does."""
    _download(client, client.artifact_root(version), MLMODEL_FILE, directory)
    return _Files(version, directory).mlmodel()


def _download(client: RegistryClient, root: str, path: str, directory: Path) -> None:
    destination = directory / path
    destination.parent.mkdir(parents=True, exist_ok=True)
    client.download(root, path, destination)


def _weight_paths(mlmodel: MLModel, names: Sequence[str]) -> Mapping[str, str]:
    """Each name of a file of weights to its path below the model's root."""
    folder = PurePosixPath(mlmodel.onnx_path).parent
    try:
        return {name: str(folder / relative_path(name)) for name in names}
    except InvalidModel as error:
        raise InvalidModel(
            f"the ONNX file has weights elsewhere: {error}; {_IN_ONE_FILE}"
        ) from error


def _download_weights(
    client: RegistryClient, root: str, weights: Mapping[str, str], directory: Path
) -> None:
    size = 0
    for path in {*weights.values()}:
        try:
            _download(client, root, path, directory)
        except ArtifactNotFound as error:
            raise ArtifactNotFound(f"{error}, which holds weights; {_IN_ONE_FILE}") from error
        size += (directory / path).stat().st_size
        if size > MAX_FILE_BYTES:  # the ONNX file may name any number of them
            raise InvalidModel(f"the files with weights are over {MAX_FILE_BYTES} bytes together")


class _Files:
    """A version's files in a folder, each verified as it is read."""

    def __init__(self, version: ModelVersion, directory: Path) -> None:
        self.version = version
        self._directory = directory
        self._recorded = version.checksums
        self.checksums: dict[str, str] = {}

    def mlmodel(self) -> MLModel:
        return parse_mlmodel(self.content(MLMODEL_FILE).decode(errors="replace"))

    def content(self, path: str) -> bytes:
        try:
            content = read_file(self._directory, path)
        except FileNotFoundError as error:
            raise ArtifactNotFound(f"the version has no file {path!r}") from error
        self.checksums[path] = digest = hashlib.sha256(content).hexdigest()
        if self._recorded and self._recorded.get(path) != digest:
            why = "differs from" if path in self._recorded else "has none among"
            raise ChecksumMismatch(
                f"the file {path!r} of version {self.version.version} {why} the checksums in the"
                " registry; register the version again"
            )
        return content

    def optional_content(self, path: str) -> bytes | None:
        """As `content`; None where the file is neither there nor recorded."""
        try:
            return self.content(path)
        except ArtifactNotFound:
            if path in self._recorded:
                raise
            return None
