"""A typed client for MLflow's model registry."""

from types import TracebackType
from typing import Self

import httpx

from baton_registry.errors import AliasNotSet, RegistryRefused
from baton_registry.rest.access import RegistryAccess, open_http
from baton_registry.rest.artifacts import to_version_error
from baton_registry.rest.error_codes import INVALID, NOT_FOUND
from baton_registry.rest.transport import SETTING, Transport
from baton_registry.rest.versions import VersionClient, build_tag
from baton_registry.rest.webhooks import WebhookClient
from baton_registry.versions.model_version import ModelVersion

FORBIDDEN = 403
TIMEOUT_S = 30.0
"""How long one answer may take; a busy server is slow, not gone."""


class RegistryClient(VersionClient):
    """A client of one tracking server. Thread-safe. Close it when done.

    Every method raises `RegistryUnavailable` if no usable answer arrives within `timeout_s`, and
    `RegistryRefused` if the server rejects the request for a reason without its own error.

    Attributes:
        webhooks: the server's webhooks.
    """

    def __init__(
        self,
        tracking_uri: str,
        *,
        timeout_s: float = TIMEOUT_S,
        access: RegistryAccess | None = None,
        transport: httpx.BaseTransport | None = None,
        setting: str = SETTING,
    ) -> None:
        """Creates the client. Without `access` it sends no credentials and uses no proxy.

        `setting` names where the address is from, in messages.

        Raises:
            RegistryMisconfigured: a certificate or key cannot be read.
        """
        access = access or RegistryAccess()
        http = open_http(tracking_uri, access, timeout_s=timeout_s, transport=transport)
        proxy = access.proxy
        super().__init__(
            Transport(tracking_uri, http, timeout_s=timeout_s, proxy=proxy, setting=setting)
        )
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
        """Closes the connections."""
        self._transport.http.close()

    def get_server_version(self) -> str | None:
        """Returns the server's MLflow version, or None if it does not report one."""
        return self._transport.get_text("/version")

    def resolve_alias(self, name: str, alias: str) -> ModelVersion:
        """Returns the version that the alias points to.

        Raises:
            AliasNotSet: the alias or the model does not exist.
        """
        query = {"name": name, "alias": alias}
        try:
            payload = self._call("GET", "registered-models/alias", params=query)
        except RegistryRefused as error:
            # MLflow reports an unknown alias as INVALID_PARAMETER_VALUE. A valid name gives that
            # code for no other reason.
            if error.error_code in (NOT_FOUND, INVALID) or self._is_unknown(name, error):
                raise AliasNotSet.for_alias(name, alias) from error
            raise
        return self._parse_version(payload)

    def find_version(self, name: str, version: str) -> ModelVersion:
        """Returns a version by its number or by an alias.

        Raises:
            VersionNotFound: the model has no such version.
            AliasNotSet: the alias or the model does not exist.
        """
        if version.isdecimal():
            return self.get_version(name, version)
        return self.resolve_alias(name, version)

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Sets the alias to a version.

        Raises:
            VersionNotFound: the model has no such version.
        """
        body = {"name": name, "alias": alias, "version": version}
        try:
            self._set("registered-models/alias", body)
        except RegistryRefused as error:
            raise to_version_error(name, version, error) from error

    def delete_alias(self, name: str, alias: str) -> None:
        """Deletes the alias, if it is set."""
        self._call("DELETE", "registered-models/alias", json={"name": name, "alias": alias})

    def get_model_tags(self, name: str) -> dict[str, str]:
        """Returns the tags of a registered model; empty if the model does not exist."""
        try:
            payload = self._call("GET", "registered-models/get", params={"name": name})
        except RegistryRefused as error:
            if error.error_code == NOT_FOUND or self._is_unknown(name, error):
                return {}
            raise
        tags = payload.get("registered_model", {}).get("tags") or ()
        return {tag["key"]: tag.get("value", "") for tag in tags}

    def set_model_tag(self, name: str, key: str, value: str) -> None:
        """Sets a tag of a registered model."""
        self._set("registered-models/set-tag", build_tag(name, key, value))

    def delete_model_tag(self, name: str, key: str) -> None:
        """Deletes a tag of a registered model."""
        self._call("DELETE", "registered-models/delete-tag", json={"name": name, "key": key})

    def _is_unknown(self, name: str, error: RegistryRefused) -> bool:
        """Whether the error means that the model does not exist.

        With basic-auth, MLflow answers 403 for unknown models; a search lists readable ones only.
        """
        return error.status == FORBIDDEN and not self.list_versions(name)
