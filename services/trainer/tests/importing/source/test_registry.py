"""Which version is imported, and which credentials its registry gets."""

from typing import Any

import httpx
import pytest

from baton_registry.errors import AliasNotSet, VersionNotFound
from baton_registry.rest.client import RegistryClient
from baton_trainer.errors import ImportFailed
from baton_trainer.importing.request import ImportRequest
from baton_trainer.importing.source.registry import (
    build_source_settings,
    find_version,
    trusts_paths,
)
from baton_trainer.settings import TrainerSettings
from tests.support.fakes.registry import MODEL, FakeMlflow, build_refusal


class Registry(FakeMlflow):
    """Has versions 1, 2 and 10; the server lists the one that was changed last first."""

    def __init__(self, *versions: str) -> None:
        super().__init__()
        for version in versions:
            self.add(version)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("model-versions/search"):
            return httpx.Response(200, json={"model_versions": [*self.versions.values()]})
        return super().handle_request(request)


def find(registry: Registry, **request: Any) -> tuple[str, str]:
    """Returns the version's number, and the reason."""
    with registry.client() as client:
        found = find_version(client, ImportRequest(MODEL, "data.csv", **request), "production")  # type: ignore[arg-type]
    return found.version.version, found.reason


def test_a_version_may_be_named_by_number_or_alias() -> None:
    registry = Registry("1", "2")
    registry.aliases["champion"] = "1"
    assert find(registry, version="2") == ("2", "")
    assert find(registry, alias="champion") == ("1", "")
    with pytest.raises(VersionNotFound):
        find(registry, version="3")
    with pytest.raises(AliasNotSet):
        find(registry, alias="missing")


def test_without_a_version_the_configured_alias_counts() -> None:
    registry = Registry("1", "2")
    registry.aliases["production"] = "1"
    version, reason = find(registry)
    assert version == "1"
    assert "'production'" in reason


def test_without_the_alias_the_newest_version_counts() -> None:
    """By its number: the server lists versions by their last change."""
    version, reason = find(Registry("2", "10", "1"))
    assert version == "10"
    assert "newest" in reason


def test_a_model_without_versions_is_one_line() -> None:
    with pytest.raises(ImportFailed, match=r"no versions of a model 'churn_model'.*--from"):
        find(Registry())


SETTINGS = TrainerSettings.model_validate(
    {
        "MLFLOW_TRACKING_URI": "https://registry.example",
        "MLFLOW_TRACKING_USERNAME": "user",
        "MLFLOW_TRACKING_PASSWORD": "secret",
        "MLFLOW_TRACKING_TOKEN": "token",
    }
)


@pytest.mark.parametrize(
    "address", ["", "https://registry.example/", "https://registry.example:443/path"]
)
def test_the_same_server_gets_the_credentials(address: str) -> None:
    assert build_source_settings(SETTINGS, address).auth == ("user", "secret")


@pytest.mark.parametrize(
    "address",
    ["https://other.example", "http://registry.example", "https://registry.example:8443"],
)
def test_another_server_gets_no_credentials(address: str) -> None:
    settings = build_source_settings(SETTINGS, address)
    assert settings.tracking_uri == address
    assert settings.auth is None
    assert settings.token.get_secret_value() == ""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return build_refusal(404, "RESOURCE_DOES_NOT_EXIST", "no")

    transport = httpx.MockTransport(answer)
    with (
        RegistryClient(
            settings.tracking_uri, access=settings.access, transport=transport
        ) as client,
        pytest.raises(AliasNotSet),
    ):
        client.resolve_alias(MODEL, "production")
    assert "authorization" not in sent[0].headers


@pytest.mark.parametrize(
    ("source", "trusted"),
    [
        ("", True),
        ("https://mlflow.example", True),
        ("http://127.0.0.1:5001", True),
        ("http://[::1]:5001", True),
        ("http://localhost:5001", True),
        ("https://mlflow.example:8443", False),
        ("http://other.example:5000", False),
        ("http://127.0.0.1.example:5000", False),
    ],
)
def test_only_the_own_registry_and_this_machine_may_name_paths(
    source: str,
    trusted: bool,  # noqa: FBT001
) -> None:
    settings = SETTINGS.model_copy(update={"tracking_uri": "https://mlflow.example"})
    assert trusts_paths(settings, source) is trusted
