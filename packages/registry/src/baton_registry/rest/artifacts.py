"""Downloads a version's files from the tracking server."""

import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

from baton_registry.errors import (
    ArtifactNotFound,
    InvalidModel,
    RegistryRefused,
    VersionNotFound,
)
from baton_registry.rest.error_codes import INVALID, NOT_FOUND
from baton_registry.rest.transport import ARTIFACTS_API, FIRST_ERROR_STATUS, Transport
from baton_registry.versions.files import MAX_FILE_BYTES
from baton_registry.versions.mlmodel import check_path
from baton_registry.versions.model_version import ModelVersion

HTTP_NOT_FOUND = 404
DOWNLOAD_TIMEOUT_S = 300.0
"""The limit for one file."""
MAX_FILES = 10_000
"""The limit for the files and folders of one version."""


class ArtifactClient:
    """The part of the registry client that downloads files."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._call = transport.call
        self.address = transport.address
        """The server's address without credentials."""

    def get_artifact_uri(self, version: ModelVersion) -> str:
        """Returns where the version's files are: `mlflow-artifacts:/…`, `s3://…` or another.

        Raises:
            VersionNotFound: the version does not exist.
        """
        query = {"name": version.name, "version": version.version}
        try:
            payload = self._call("GET", "model-versions/get-download-uri", params=query)
        except RegistryRefused as error:
            raise to_version_error(version.name, version.version, error) from error
        return str(payload.get("artifact_uri", ""))

    def get_artifact_root(self, version: ModelVersion) -> str:
        """Returns the path of the version's files on the tracking server, for `download`.

        Raises:
            VersionNotFound: the version does not exist.
            InvalidModel: the tracking server does not serve its files.
        """
        uri = urlsplit(self.get_artifact_uri(version))
        if uri.scheme != "mlflow-artifacts":
            raise InvalidModel(
                f"the tracking server does not serve the files of version {version.version}"
                f" ({uri.scheme or 'unknown'}: address); start it with --serve-artifacts"
            )
        root = uri.path.strip("/")
        if ".." in root.split("/"):
            raise InvalidModel(
                f"the files of version {version.version} are outside of the artifact store;"
                " register it again"
            )
        return root

    def list_files(self, root: str) -> list[str]:
        """Lists the files below a version's root, relative to it.

        Args:
            root: from `get_artifact_root`.

        Raises:
            InvalidModel: there are more than `MAX_FILES`, or one lies outside of the root.
        """
        folders, files = [""], list[str]()
        seen = 0
        while folders:
            folder = folders.pop()
            query = {"path": f"{root}/{folder}".rstrip("/")}
            payload = self._call("GET", "artifacts", params=query, api=ARTIFACTS_API)
            for entry in payload.get("files") or ():
                path = check_path(str(entry.get("path", "")))
                inside = f"{folder}/{path}" if folder else path
                (folders if entry.get("is_dir") else files).append(inside)
                seen += 1
            if seen > MAX_FILES:
                raise InvalidModel(f"the version has over {MAX_FILES:,} files; register it again")
        return files

    def download(
        self, root: str, path: str, destination: Path, max_bytes: int = MAX_FILE_BYTES
    ) -> None:
        """Streams one file to `destination`.

        Args:
            root: from `get_artifact_root`.
            path: the file, relative to the model's root.
            destination: the file to write; its folder must exist.
            max_bytes: the size limit.

        Raises:
            ArtifactNotFound: the version has no such file.
            InvalidModel: the file is larger than `max_bytes`.
            OSError: the file cannot be written.
        """
        size, end_s = 0, time.monotonic() + DOWNLOAD_TIMEOUT_S
        url = f"{ARTIFACTS_API}artifacts/" + quote(f"{root}/{path}")
        try:
            with (
                self._transport.http.stream("GET", url) as response,
                destination.open("wb") as file,
            ):
                self._check_download(response, path)
                for chunk in response.iter_bytes():
                    file.write(chunk)
                    size += len(chunk)
                    if size > max_bytes:
                        raise InvalidModel(
                            f"the file {path!r} is over {max_bytes} bytes; register a smaller model"
                        )
                    if time.monotonic() > end_s:  # httpx limits each read only
                        raise httpx.ReadTimeout(f"{path} took over {DOWNLOAD_TIMEOUT_S:.0f} s")
        except httpx.HTTPError as error:
            raise self._transport.to_unavailable(error) from error

    def _check_download(self, response: httpx.Response, path: str) -> None:
        self._transport.check_answered(response)
        if response.status_code == HTTP_NOT_FOUND:
            raise ArtifactNotFound(f"the version has no file {path!r}; register it again")
        if response.status_code >= FIRST_ERROR_STATUS:
            raise RegistryRefused(
                f"the registry refused the file {path!r}: "
                f"{response.status_code} {response.reason_phrase}",
                error_code="",
                status=response.status_code,
            )


def to_version_error(name: str, version: str, error: RegistryRefused) -> Exception:
    """Returns `VersionNotFound` if the error means that, else the error itself."""
    is_not_a_number = error.error_code == INVALID and not version.isdecimal()
    if error.error_code == NOT_FOUND or is_not_a_number:
        return create_version_not_found(name, version)
    return error


def create_version_not_found(name: str, version: str) -> VersionNotFound:
    """Creates the error for a version that the model does not have."""
    return VersionNotFound(
        f"model {name!r} has no version {version!r}; see its versions in the MLflow UI"
    )
