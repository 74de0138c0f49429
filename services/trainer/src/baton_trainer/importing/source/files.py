"""Fetches every file of a version, and verifies those whose checksums its registry records.

Files behind a tracking server come through Baton's own client, which sends each server only its own
credentials. MLflow's client fetches from object stores, with the caller's credentials for them.
"""

from pathlib import Path
from urllib.parse import urlsplit

import mlflow.artifacts
from mlflow.exceptions import MlflowException

from baton_common.texts import get_first_line
from baton_registry.rest.client import RegistryClient
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


def fetch_all(registry: RegistryClient, version: ModelVersion, folder: Path) -> Path:
    """Fetches the files of a version below an existing, empty folder, and verifies them.

    Returns:
        The folder of the model, which has the MLmodel file.

    Raises:
        ImportFailed: the files are at a place that cannot be read from here.
        ChecksumMismatch: a file is not the registered one.
        InvalidModel: the version has too many or too large files, or its manifest is invalid.
        RegistryError: the registry did not answer, or refused.
    """
    uri = registry.get_artifact_uri(version)
    if urlsplit(uri).scheme == _SERVED:
        root = registry.get_artifact_root(version)
        for path in registry.list_files(root):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            registry.download(root, path, folder / path)
    else:
        folder = _copy_from_store(uri, version, folder)
    _verify(version, folder)
    return folder


def _copy_from_store(uri: str, version: ModelVersion, folder: Path) -> Path:
    scheme = urlsplit(uri).scheme
    where = f"the files of version {version.version} of {version.name} are at {uri}"
    if scheme not in (*_LOCAL, *_PACKAGES):
        raise ImportFailed(f"{where}, which Baton cannot read; serve them: --serve-artifacts")
    path = Path(urlsplit(uri).path)
    if scheme in _LOCAL and not path.is_dir():
        raise ImportFailed(
            f"{where}, a folder that this machine does not have; run the import on the machine of "
            "that registry, or start its tracking server with --serve-artifacts"
        )
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
