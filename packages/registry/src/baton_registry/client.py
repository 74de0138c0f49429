"""A small typed client of MLflow's registry, over its documented REST API."""

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from baton_registry.errors import (
    AliasNotSet,
    ArtifactNotFound,
    InvalidModel,
    RegistryRefused,
    RegistryUnavailable,
    VersionNotFound,
)
from baton_registry.model_version import ModelVersion
from baton_registry.transport import FIRST_ERROR_STATUS, Transport

NOT_FOUND = "RESOURCE_DOES_NOT_EXIST"
EXISTS = "RESOURCE_ALREADY_EXISTS"
HTTP_NOT_FOUND = 404
SEARCH_PAGE = "1000"
DOWNLOAD_TIMEOUT_S = 300.0
"""For one file, however slowly its bytes come."""


class RegistryClient:
    """Speaks to one tracking server. Safe to share between threads; close it when done.

    Every method raises `RegistryUnavailable` where no usable answer comes within `timeout_s`, and
    `RegistryRefused` where the server says no for a reason that has no error of its own.
    """

    def __init__(
        self,
        tracking_uri: str,
        *,
        timeout_s: float = 5.0,
        auth: tuple[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.http = httpx.Client(
            base_url=tracking_uri, timeout=timeout_s, auth=auth, transport=transport
        )
        self._transport = Transport(tracking_uri, self.http)
        self._call = self._transport.call

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections."""
        self.http.close()

    # -- versions and aliases ------------------------------------------------------------------

    def resolve_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that the alias points to.

        Raises:
            AliasNotSet: the registry knows no such alias, or no such model.
        """
        query = {"name": name, "alias": alias}
        try:
            payload = self._call("GET", "registered-models/alias", params=query)
        except RegistryRefused as error:
            # MLflow says "alias not found" with INVALID_PARAMETER_VALUE, and for no other reason
            # that a well-formed name can cause.
            if error.error_code in (NOT_FOUND, "INVALID_PARAMETER_VALUE"):
                raise AliasNotSet(
                    f"alias {alias!r} of model {name!r} is not set; promote a version"
                ) from error
            raise
        return self._version(payload)

    def get_version(self, name: str, version: str) -> ModelVersion:
        """One version by its number.

        Raises:
            VersionNotFound: the model has no such version.
        """
        query = {"name": name, "version": version}
        try:
            return self._version(self._call("GET", "model-versions/get", params=query))
        except RegistryRefused as error:
            raise _version_error(name, version, error) from error

    def list_versions(self, name: str) -> list[ModelVersion]:
        """All versions of a model, newest first; empty where the model is unknown."""
        query = {"filter": f"name = '{_quoted(name)}'", "max_results": SEARCH_PAGE}
        found: list[ModelVersion] = []
        while True:
            page = self._call("GET", "model-versions/search", params=query)
            rows = page.get("model_versions") or ()
            found += [self._version({"model_version": row}) for row in rows]
            if not page.get("next_page_token"):
                return found
            query["page_token"] = page["next_page_token"]

    def create_version(
        self, name: str, *, source: str, run_id: str, tags: Mapping[str, str]
    ) -> ModelVersion:
        """Registers a version with its tags in one step; makes the model where it is unknown.

        Args:
            name: the registered model.
            source: `models:/<model id>` of a logged model.
            run_id: the run that logged it.
            tags: the version's tags from its first moment on.
        """
        try:
            self._call("POST", "registered-models/create", json={"name": name})
        except RegistryRefused as error:
            if error.error_code != EXISTS:
                raise
        payload = self._call(
            "POST",
            "model-versions/create",
            json={
                "name": name,
                "source": source,
                "run_id": run_id,
                "model_id": source.removeprefix("models:/"),
                "tags": [{"key": key, "value": value} for key, value in tags.items()],
            },
        )
        return self._version(payload)

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Moves the alias, or makes it.

        Raises:
            VersionNotFound: the model has no such version.
        """
        body = {"name": name, "alias": alias, "version": version}
        try:
            self._call("POST", "registered-models/alias", json=body)
        except RegistryRefused as error:
            raise _version_error(name, version, error) from error

    def delete_alias(self, name: str, alias: str) -> None:
        """Removes the alias; nothing happens where it is not set."""
        self._call("DELETE", "registered-models/alias", json={"name": name, "alias": alias})

    # -- tags ----------------------------------------------------------------------------------

    def model_tags(self, name: str) -> dict[str, str]:
        """The tags of a registered model; empty where the model is unknown."""
        try:
            payload = self._call("GET", "registered-models/get", params={"name": name})
        except RegistryRefused as error:
            if error.error_code == NOT_FOUND:
                return {}
            raise
        tags = payload.get("registered_model", {}).get("tags") or ()
        return {tag["key"]: tag.get("value", "") for tag in tags}

    def set_model_tag(self, name: str, key: str, value: str) -> None:
        """Sets one tag of a registered model."""
        self._call("POST", "registered-models/set-tag", json=_tag(name, key, value))

    def delete_model_tag(self, name: str, key: str) -> None:
        """Removes one tag of a registered model."""
        self._call("DELETE", "registered-models/delete-tag", json={"name": name, "key": key})

    def set_version_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Sets one tag of a version."""
        body = {**_tag(name, key, value), "version": version}
        self._call("POST", "model-versions/set-tag", json=body)

    # -- artifacts -----------------------------------------------------------------------------

    def artifact_root(self, version: ModelVersion) -> str:
        """Where the tracking server serves the version's files, for `download`.

        Raises:
            VersionNotFound: the version is gone.
            InvalidModel: its files are not served by the tracking server.
        """
        query = {"name": version.name, "version": version.version}
        try:
            payload = self._call("GET", "model-versions/get-download-uri", params=query)
        except RegistryRefused as error:
            raise _version_error(version.name, version.version, error) from error
        uri = urlsplit(str(payload.get("artifact_uri", "")))
        if uri.scheme != "mlflow-artifacts":
            raise InvalidModel(
                f"the files of version {version.version} are at {uri.scheme or 'an unknown place'}:"
                " and not served by the tracking server; start it with --serve-artifacts"
            )
        return uri.path.strip("/")

    def download(self, root: str, path: str, destination: Path) -> str:
        """Streams one file to `destination` and gives its lower-case hex SHA-256.

        Args:
            root: from `artifact_root`.
            path: the file, relative to the model's root.
            destination: the file to write; its folder exists.

        Raises:
            ArtifactNotFound: there is no such file.
            OSError: it could not be written.
        """
        digest, end_s = hashlib.sha256(), time.monotonic() + DOWNLOAD_TIMEOUT_S
        url = "/api/2.0/mlflow-artifacts/artifacts/" + quote(f"{root}/{path}")
        try:
            with self.http.stream("GET", url) as response, destination.open("wb") as file:
                self._check_download(response, path)
                for chunk in response.iter_bytes():
                    digest.update(chunk)
                    file.write(chunk)
                    if time.monotonic() > end_s:  # bytes that trickle never time out by themselves
                        raise httpx.ReadTimeout(f"{path} took over {DOWNLOAD_TIMEOUT_S:.0f} s")
        except httpx.HTTPError as error:
            raise self._transport.unavailable(error) from error
        return digest.hexdigest()

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

    def _version(self, payload: Mapping[str, Any]) -> ModelVersion:
        try:
            return ModelVersion.from_rest(payload["model_version"])
        except (KeyError, TypeError) as error:
            raise RegistryUnavailable(
                f"the registry at {self._transport.where} answered without a model version"
            ) from error


def _version_error(name: str, version: str, error: RegistryRefused) -> Exception:
    """`VersionNotFound` where that is what the refusal means, else the refusal itself."""
    if error.error_code in (NOT_FOUND, "INVALID_PARAMETER_VALUE"):
        return VersionNotFound(
            f"model {name!r} has no version {version!r}; see its versions in the MLflow UI"
        )
    return error


def _quoted(name: str) -> str:
    return name.replace("'", "''")


def _tag(name: str, key: str, value: str) -> dict[str, str]:
    return {"name": name, "key": key, "value": value}
