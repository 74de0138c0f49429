"""The registry that a version is imported from, and the version in it."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr

from baton_registry.errors import AliasNotSet
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion
from baton_trainer.errors import ImportFailed
from baton_trainer.importing.request import ImportRequest
from baton_trainer.settings import TrainerSettings


@dataclass(frozen=True)
class FoundVersion:
    """The version to import.

    Attributes:
        version: as its registry describes it.
        reason: a line that says why it is this one; empty if the request names it.
    """

    version: ModelVersion
    reason: str = ""


def build_source_settings(settings: TrainerSettings, source_uri: str) -> TrainerSettings:
    """Returns the settings of the registry to import from.

    The credentials in the environment are for the configured registry. Another one gets only those
    in its own address.
    """
    if not source_uri:
        return settings
    changes: dict[str, object] = {"tracking_uri": source_uri.rstrip("/")}
    if _get_origin(source_uri) != _get_origin(settings.tracking_uri):
        changes |= {"username": "", "password": SecretStr(""), "token": SecretStr("")}
    return settings.model_copy(update=changes)


def _get_origin(uri: str) -> tuple[str, str | None, int]:
    parts = urlsplit(uri)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def trusts_paths(settings: TrainerSettings, source_uri: str) -> bool:
    """Whether the registry to import from may name folders of this machine.

    The configured one may, and one that runs on this machine. Another server could otherwise have
    any file copied that the user can read, and uploaded as a part of the version.
    """
    if not source_uri or _get_origin(source_uri) == _get_origin(settings.tracking_uri):
        return True
    host = urlsplit(source_uri).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name
        return False


def find_version(registry: RegistryClient, request: ImportRequest, alias: str) -> FoundVersion:
    """Finds the version of a request.

    Args:
        registry: the registry to import from.
        request: names the version, its alias, or only the model.
        alias: the alias that counts if only the model is named; without it, the newest version.

    Raises:
        ImportFailed: the model has no version.
        AliasNotSet: the alias is not set, or there is no such model.
        VersionNotFound: the model has no such version.
    """
    name = request.model
    if request.version:
        return FoundVersion(registry.get_version(name, request.version))
    if request.alias:
        return FoundVersion(registry.resolve_alias(name, request.alias))
    try:
        found = registry.resolve_alias(name, alias)
    except AliasNotSet:
        versions = registry.list_versions(name)
        if not versions:
            raise ImportFailed(
                f"the registry at {registry.address} has no versions of a model {name!r}; check "
                "the name, and name the registry with --from"
            ) from None
        newest = max(versions, key=lambda each: int(each.version))
        return FoundVersion(newest, f"version {newest.version} of {name}, the newest, is imported")
    return FoundVersion(
        found, f"version {found.version} of {name}, the one of the alias {alias!r}, is imported"
    )
