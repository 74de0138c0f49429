"""Fetches every file of a version, and verifies those whose checksums its registry records.

Files behind a tracking server come through Baton's own client, which sends each server only its own
credentials. MLflow's client fetches from object stores, with the caller's credentials for them.
"""

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import mlflow.artifacts
from mlflow.exceptions import MlflowException

from baton_common.texts import get_first_line
from baton_registry.errors import InvalidModel
from baton_registry.rest.artifacts import MAX_FILES
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.files import MAX_FILE_BYTES
from baton_registry.versions.manifest import MANIFEST_FILE
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.verified_files import VerifiedFiles, read_manifest
from baton_trainer.errors import ImportFailed

_SERVED = "mlflow-artifacts"
_LOCAL = ("", "file")
_PACKAGES = {
    "s3": "boto3",
    "gs": "google-cloud-storage",
    "wasbs": "azure-storage-blob",
    "abfss": "azure-storage-file-datalake",
}
"""What MLflow's client needs to read from an object store, by the scheme of its addresses."""


def fetch_all(
    registry: RegistryClient, version: ModelVersion, folder: Path, *, trusts_paths: bool = False
) -> Path:
    """Fetches the files of a version below an existing, empty folder, and verifies them.

    Args:
        registry: the registry of the version.
        version: the version.
        folder: receives the files.
        trusts_paths: whether the registry may name a folder of this machine, whose files are then
            copied.

    Returns:
        The folder of the model, which has the MLmodel file.

    Raises:
        ImportFailed: the files are at a place that cannot be read from here, or have impossible
            names.
        ChecksumMismatch: a file is not the registered one.
        InvalidModel: the version has too many or too large files or a link, or its manifest is
            invalid.
        RegistryError: the registry did not answer, or refused.
    """
    uri = registry.get_artifact_uri(version)
    scheme = urlsplit(uri).scheme
    try:
        if scheme == _SERVED:
            _download(registry, version, folder)
        elif scheme in _LOCAL:
            folder = _copy_local(uri, version, folder / "model", trusts_paths=trusts_paths)
        else:
            folder = _copy_from_store(uri, version, folder)
        _check_tree(folder)
        _verify(version, folder)
    except (OSError, ValueError) as error:
        raise ImportFailed(
            f"the files of version {version.version} of {version.name} cannot be stored or read"
            f" ({get_first_line(error)}); free space for temporary files, or log the model again"
        ) from error
    return folder


def _download(registry: RegistryClient, version: ModelVersion, folder: Path) -> None:
    root = registry.get_artifact_root(version)
    for path in registry.list_files(root):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        registry.download(root, path, folder / path)


def _copy_local(uri: str, version: ModelVersion, folder: Path, *, trusts_paths: bool) -> Path:
    """Copies a folder of this machine, if the registry may name one."""
    where = _describe_place(uri, version)
    serve = "start its tracking server with --serve-artifacts"
    if not trusts_paths:
        raise ImportFailed(
            f"{where}, a path that the other server chooses; Baton copies files of this machine"
            f" only for MLFLOW_TRACKING_URI or a server on this machine; {serve}"
        )
    parts = urlsplit(uri)
    path = Path(unquote(parts.path) if parts.scheme else uri)
    if not uri or not path.is_dir():
        raise ImportFailed(
            f"{where}, a folder that this machine does not have; run the import on the machine of "
            f"that registry, or {serve}"
        )
    _check_tree(path)
    return Path(shutil.copytree(path, folder, symlinks=True))


def _check_tree(folder: Path) -> None:
    """Raises `InvalidModel` for links, special files, and too many or too large files."""
    for count, path in enumerate(folder.rglob("*")):
        if count >= MAX_FILES:
            raise InvalidModel(f"the version has over {MAX_FILES:,} files; register it again")
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise InvalidModel(f"{name!r} of the version is a link or no file; register it again")
        if path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidModel(f"{name!r} of the version is over {MAX_FILE_BYTES:,} bytes")


def _describe_place(uri: str, version: ModelVersion) -> str:
    return f"the files of version {version.version} of {version.name} are at {uri}"


def _copy_from_store(uri: str, version: ModelVersion, folder: Path) -> Path:
    scheme = urlsplit(uri).scheme
    where = _describe_place(uri, version)
    if scheme not in _PACKAGES:
        raise ImportFailed(f"{where}, which Baton cannot read; serve them: --serve-artifacts")
    try:
        return Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(folder)))
    except ImportError as error:
        raise ImportFailed(
            f"{where}, which MLflow reads by a package that is not installed here; install it into "
            f"the environment of baton: pip install {_PACKAGES.get(scheme, error.name)}"
        ) from error
    except MlflowException as error:
        raise ImportFailed(f"{where}: {get_first_line(error)}") from error
    except Exception as error:  # the stores' libraries have no common base but Exception
        raise ImportFailed(
            f"{where}: {get_first_line(error)}; check the credentials for that store"
        ) from error


def _verify(version: ModelVersion, folder: Path) -> None:
    """Compares the files with the recorded checksums; without any, there is nothing to compare."""
    manifest = read_manifest(version, folder)
    files = VerifiedFiles(version, folder, manifest)
    recorded = {*version.checksums, *(manifest.files if manifest else ())} - {MANIFEST_FILE}
    for path in sorted(recorded):
        files.read(path)
