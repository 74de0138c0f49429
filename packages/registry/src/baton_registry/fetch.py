"""A version's files: fetched through the tracking server, verified against their checksums.

Only what serving needs is fetched: `MLmodel`, the ONNX file and the input example. What else a
version holds (pickles, code, environments) never reaches the machine that serves.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from baton_registry.client import RegistryClient
from baton_registry.errors import ArtifactNotFound, ChecksumMismatch
from baton_registry.mlmodel import MLMODEL_FILE, MLModel, parse_mlmodel
from baton_registry.model_version import ModelVersion


@dataclass(frozen=True)
class FetchedModel:
    """A version's files on this machine.

    Attributes:
        version: what the registry says of it.
        directory: the folder that holds the files under their own relative paths.
        mlmodel: the parsed MLmodel file.
        verified: False where the version records no checksums.
    """

    version: ModelVersion
    directory: Path
    mlmodel: MLModel
    verified: bool

    @property
    def onnx_file(self) -> Path:
        """The ONNX model."""
        return self.directory / self.mlmodel.onnx_path

    @property
    def input_example_file(self) -> Path | None:
        """The input example; None where the version has none."""
        if self.mlmodel.input_example_path is None:
            return None
        path = self.directory / self.mlmodel.input_example_path
        return path if path.exists() else None


def fetch(client: RegistryClient, version: ModelVersion, directory: Path) -> FetchedModel:
    """Downloads and verifies what serving needs of a version into an existing, empty folder.

    Raises:
        RegistryUnavailable: the tracking server or its artifact store gave no answer.
        VersionNotFound: the version is gone.
        ArtifactNotFound: the MLmodel or the ONNX file is missing.
        InvalidModel: the version cannot be served; the text says why.
        ChecksumMismatch: a file is not the one that was registered.
        OSError: the folder could not be written.
    """
    root = client.artifact_root(version)
    mlmodel = _fetch_mlmodel(client, version, root, directory)
    _fetch_file(client, version, root, mlmodel.onnx_path, directory)
    if mlmodel.input_example_path is not None:
        _fetch_optional(client, version, root, mlmodel.input_example_path, directory)
    return FetchedModel(version, directory, mlmodel, verified=bool(version.checksums))


def reopen(version: ModelVersion, directory: Path) -> FetchedModel:
    """Verifies files fetched earlier and gives them as `fetch` does, without the network.

    Raises:
        ArtifactNotFound: a file is missing.
        ChecksumMismatch: a file was altered since.
        InvalidModel: the MLmodel file cannot be read.
        OSError: a file could not be read.
    """
    _verify_file(version, directory, MLMODEL_FILE)
    mlmodel = parse_mlmodel((directory / MLMODEL_FILE).read_text(encoding="utf-8"))
    _verify_file(version, directory, mlmodel.onnx_path)
    example = mlmodel.input_example_path
    if example is not None and (directory / example).exists():
        _verify_file(version, directory, example)
    return FetchedModel(version, directory, mlmodel, verified=bool(version.checksums))


def fetch_mlmodel(client: RegistryClient, version: ModelVersion, directory: Path) -> MLModel:
    """Only the MLmodel file, verified: enough to compare signatures. Raises as `fetch` does."""
    return _fetch_mlmodel(client, version, client.artifact_root(version), directory)


def _fetch_mlmodel(
    client: RegistryClient, version: ModelVersion, root: str, directory: Path
) -> MLModel:
    _fetch_file(client, version, root, MLMODEL_FILE, directory)
    text = (directory / MLMODEL_FILE).read_bytes().decode("utf-8", errors="replace")
    return parse_mlmodel(text)


def _fetch_file(
    client: RegistryClient, version: ModelVersion, root: str, path: str, directory: Path
) -> None:
    destination = directory / path
    destination.parent.mkdir(parents=True, exist_ok=True)
    _check(version, path, client.download(root, path, destination))


def _fetch_optional(
    client: RegistryClient, version: ModelVersion, root: str, path: str, directory: Path
) -> None:
    try:
        _fetch_file(client, version, root, path, directory)
    except ArtifactNotFound:
        (directory / path).unlink(missing_ok=True)


def _verify_file(version: ModelVersion, directory: Path, path: str) -> None:
    try:
        with (directory / path).open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise ArtifactNotFound(f"the cached version has no file {path!r}") from error
    _check(version, path, actual)


def _check(version: ModelVersion, path: str, actual: str) -> None:
    recorded = version.checksums
    if recorded and recorded.get(path) != actual:
        why = "differs from" if path in recorded else "has none among"
        raise ChecksumMismatch(
            f"the file {path!r} of version {version.version} {why} the checksums in the registry; "
            "register the version again"
        )
