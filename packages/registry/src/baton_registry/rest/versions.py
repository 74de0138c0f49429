"""Versions of a registered model."""

from collections.abc import Mapping
from typing import Any

from baton_registry.errors import RegistryRefused, RegistryUnavailable
from baton_registry.rest.artifacts import (
    ArtifactClient,
    create_version_not_found,
    to_version_error,
)
from baton_registry.rest.error_codes import DATABASE_REFUSED, EXISTS
from baton_registry.versions.model_version import ModelVersion

SEARCH_PAGE = "1000"
MAX_VERSION = 2**31 - 1
"""The greatest version number. MLflow's column has 32 bits; beyond it some databases give a 500."""


class VersionClient(ArtifactClient):
    """The part of the registry client that reads and creates versions."""

    def get_version(self, name: str, version: str) -> ModelVersion:
        """Returns a version by its number.

        Raises:
            VersionNotFound: the model has no such version.
        """
        if version.isdecimal() and float(version) > MAX_VERSION:
            raise create_version_not_found(name, version)
        query = {"name": name, "version": version}
        try:
            return self._parse_version(self._call("GET", "model-versions/get", params=query))
        except RegistryRefused as error:
            raise to_version_error(name, version, error) from error

    def list_versions(self, name: str) -> list[ModelVersion]:
        """Lists all versions of a model, newest first; empty if the model does not exist."""
        query = {"filter": f"name = '{_quote(name)}'", "max_results": SEARCH_PAGE}
        versions: list[ModelVersion] = []
        while True:
            page = self._call("GET", "model-versions/search", params=query)
            rows = page.get("model_versions") or ()
            versions += [self._parse_version({"model_version": row}) for row in rows]
            if not page.get("next_page_token"):
                return versions
            query["page_token"] = page["next_page_token"]

    def create_version(
        self, name: str, *, source: str, run_id: str, tags: Mapping[str, str], description: str = ""
    ) -> ModelVersion:
        """Registers a version with its tags in one step, and creates the model if needed.

        Args:
            name: the registered model.
            source: `models:/<model id>` of a logged model.
            run_id: the run that logged it.
            tags: the version's tags.
            description: the text for the MLflow UI.
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
        return self._parse_version(payload)

    def set_version_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Sets a tag of a version."""
        body = {**build_tag(name, key, value), "version": version}
        self._set("model-versions/set-tag", body)

    def _set(self, endpoint: str, body: Mapping[str, str]) -> None:
        """Sets a tag or an alias.

        MLflow looks for it first, and then inserts or updates. If another client inserts it
        between the two, the database refuses the second insert. A second try updates it.
        """
        try:
            self._call("POST", endpoint, json=body)
        except RegistryRefused as error:
            if error.error_code != DATABASE_REFUSED:
                raise
            self._call("POST", endpoint, json=body)

    def _parse_version(self, payload: Mapping[str, Any]) -> ModelVersion:
        try:
            return ModelVersion.from_rest(payload["model_version"])
        except (KeyError, TypeError) as error:
            raise RegistryUnavailable(
                f"the registry at {self._transport.address} answered without a model version"
            ) from error


def _quote(name: str) -> str:
    return name.replace("'", "''")


def build_tag(name: str, key: str, value: str) -> dict[str, str]:
    """Builds the body of a request that sets a tag."""
    return {"name": name, "key": key, "value": value}
