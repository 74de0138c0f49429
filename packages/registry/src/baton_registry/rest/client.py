"""A small typed client of MLflow's registry, over its documented REST API."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from baton_registry.errors import AliasNotSet, RegistryRefused, RegistryUnavailable
from baton_registry.rest.artifacts import (
    INVALID,
    NOT_FOUND,
    ArtifactClient,
    version_error,
    version_not_found,
)
from baton_registry.rest.connection import Connection, open_http
from baton_registry.rest.transport import Transport
from baton_registry.rest.webhooks import WebhookClient
from baton_registry.versions.model_version import ModelVersion

EXISTS = "RESOURCE_ALREADY_EXISTS"
SEARCH_PAGE = "1000"
FORBIDDEN = 403
MAX_VERSION = 2**31 - 1
"""MLflow keeps the number in a column of 32 bits, and answers 500 where its database refuses it."""


class RegistryClient(ArtifactClient):
    """Speaks to one tracking server. Safe to share between threads; close it when done.

    Every method raises `RegistryUnavailable` where no usable answer comes within `timeout_s`, and
    `RegistryRefused` where the server says no for a reason that has no error of its own.

    Attributes:
        webhooks: the server's webhooks.
    """

    def __init__(
        self,
        tracking_uri: str,
        *,
        timeout_s: float = 5.0,
        connection: Connection | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Opens nothing yet; without a `connection`, the server is reached directly by anybody.

        Raises:
            RegistryMisconfigured: a certificate or key of the connection cannot be read.
        """
        how = connection or Connection()
        http = open_http(tracking_uri, how, timeout_s=timeout_s, transport=transport)
        super().__init__(Transport(tracking_uri, http, timeout_s=timeout_s, proxy=how.proxy))
        self.webhooks = WebhookClient(self._transport)

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
        self._transport.http.close()

    def get_server_version(self) -> str | None:
        """The MLflow version that the server names; None if it does not name one."""
        return self._transport.get_text("/version")

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
            if error.error_code in (NOT_FOUND, INVALID) or self._is_unseen(name, error):
                raise AliasNotSet.for_alias(name, alias) from error
            raise
        return self._version(payload)

    def get_version(self, name: str, version: str) -> ModelVersion:
        """One version by its number.

        Raises:
            VersionNotFound: the model has no such version.
        """
        if version.isdecimal() and float(version) > MAX_VERSION:
            raise version_not_found(name, version)
        query = {"name": name, "version": version}
        try:
            return self._version(self._call("GET", "model-versions/get", params=query))
        except RegistryRefused as error:
            raise version_error(name, version, error) from error

    def find_version(self, name: str, version: str) -> ModelVersion:
        """The version of that number, or else the one that the alias of that name points to.

        Raises:
            VersionNotFound: the model has no such version.
            AliasNotSet: the registry knows no such alias, or no such model.
        """
        if version.isdecimal():
            return self.get_version(name, version)
        return self.resolve_alias(name, version)

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
        self, name: str, *, source: str, run_id: str, tags: Mapping[str, str], description: str = ""
    ) -> ModelVersion:
        """Registers a version with its tags in one step; makes the model where it is unknown.

        Args:
            name: the registered model.
            source: `models:/<model id>` of a logged model.
            run_id: the run that logged it.
            tags: the version's tags from its first moment on.
            description: what the MLflow UI shows with it.
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
                "description": description,
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
            raise version_error(name, version, error) from error

    def delete_alias(self, name: str, alias: str) -> None:
        """Removes the alias; nothing happens where it is not set."""
        self._call("DELETE", "registered-models/alias", json={"name": name, "alias": alias})

    # -- tags ----------------------------------------------------------------------------------

    def get_model_tags(self, name: str) -> dict[str, str]:
        """The tags of a registered model; empty where the model is unknown."""
        try:
            payload = self._call("GET", "registered-models/get", params={"name": name})
        except RegistryRefused as error:
            if error.error_code == NOT_FOUND or self._is_unseen(name, error):
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

    def _is_unseen(self, name: str, error: RegistryRefused) -> bool:
        """Whether it was refused because the model is unknown.

        With basic-auth on, MLflow answers that with 403; a search shows what may be read.
        """
        return error.status == FORBIDDEN and not self.list_versions(name)

    def _version(self, payload: Mapping[str, Any]) -> ModelVersion:
        try:
            return ModelVersion.from_rest(payload["model_version"])
        except (KeyError, TypeError) as error:
            raise RegistryUnavailable(
                f"the registry at {self._transport.address} answered without a model version"
            ) from error


def _quoted(name: str) -> str:
    return name.replace("'", "''")


def _tag(name: str, key: str, value: str) -> dict[str, str]:
    return {"name": name, "key": key, "value": value}
