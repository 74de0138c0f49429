"""A version's files, as the tracking server serves them."""

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
from baton_registry.rest.transport import FIRST_ERROR_STATUS, Transport
from baton_registry.versions.files import MAX_FILE_BYTES
from baton_registry.versions.model_version import ModelVersion

NOT_FOUND = "RESOURCE_DOES_NOT_EXIST"
INVALID = "INVALID_PARAMETER_VALUE"
HTTP_NOT_FOUND = 404
DOWNLOAD_TIMEOUT_S = 300.0
"""For one file, however slowly its bytes come."""


class ArtifactClient:
    """The part of the client that fetches files."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._call = transport.call
        self.address = transport.address
        """The server's address, without user and password."""

    def get_artifact_root(self, version: ModelVersion) -> str:
        """Where the tracking server serves the version's files, for `download`.

        Raises:
            VersionNotFound: the version is gone.
            InvalidModel: its files are not served by the tracking server.
        """
        query = {"name": version.name, "version": version.version}
        try:
            payload = self._call("GET", "model-versions/get-download-uri", params=query)
        except RegistryRefused as error:
            raise version_error(version.name, version.version, error) from error
        uri = urlsplit(str(payload.get("artifact_uri", "")))
        if uri.scheme != "mlflow-artifacts":
            raise InvalidModel(
                f"the files of version {version.version} are at {uri.scheme or 'an unknown place'}:"
                " and not served by the tracking server; start it with --serve-artifacts"
            )
        root = uri.path.strip("/")
        if ".." in root.split("/"):
            raise InvalidModel(f"the files of version {version.version} are outside the store")
        return root

    def download(
        self, root: str, path: str, destination: Path, max_bytes: int = MAX_FILE_BYTES
    ) -> None:
        """Streams one file to `destination`.

        Args:
            root: from `get_artifact_root`.
            path: the file, relative to the model's root.
            destination: the file to write; its folder exists.
            max_bytes: what it may have.

        Raises:
            ArtifactNotFound: there is no such file.
            InvalidModel: it is larger.
            OSError: it could not be written.
        """
        size, end_s = 0, time.monotonic() + DOWNLOAD_TIMEOUT_S
        url = "/api/2.0/mlflow-artifacts/artifacts/" + quote(f"{root}/{path}")
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
                        raise InvalidModel(f"the file {path!r} is over {max_bytes} bytes")
                    if time.monotonic() > end_s:  # bytes that trickle never time out by themselves
                        raise httpx.ReadTimeout(f"{path} took over {DOWNLOAD_TIMEOUT_S:.0f} s")
        except httpx.HTTPError as error:
            raise self._transport.to_unavailable(error) from error

    def _check_download(self, response: httpx.Response, path: str) -> None:
        self._transport.check_answered(response)
        if response.status_code == HTTP_NOT_FOUND:
            raise ArtifactNotFound(f"the version has no file {path!r}")
        if response.status_code >= FIRST_ERROR_STATUS:
            raise RegistryRefused(
                f"the registry refused the file {path!r}: "
                f"{response.status_code} {response.reason_phrase}",
                error_code="",
                status=response.status_code,
            )


def version_error(name: str, version: str, error: RegistryRefused) -> Exception:
    """`VersionNotFound` where that is what the refusal means, else the refusal itself."""
    is_no_number = error.error_code == INVALID and not version.isdecimal()
    if error.error_code == NOT_FOUND or is_no_number:
        return version_not_found(name, version)
    return error


def version_not_found(name: str, version: str) -> VersionNotFound:
    """What to raise where the model has no such version."""
    return VersionNotFound(
        f"model {name!r} has no version {version!r}; see its versions in the MLflow UI"
    )
