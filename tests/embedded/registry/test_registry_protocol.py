"""The registry client with the real MLflow server."""

from pathlib import Path

import mlflow
import pytest

from baton_registry.errors import AliasNotSet, RegistryRefused, VersionNotFound
from baton_registry.promotion import alias_moves as promotion
from baton_registry.promotion.history import sync_and_read_moves
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import fetch, reopen
from baton_registry.versions.manifest import Manifest
from tests.support.rig.desk import Desk

ALIAS = "production"


def test_missing_objects_have_their_own_errors(desk: Desk) -> None:
    """A missing model, version or alias has its own error."""
    with desk.registry as registry:
        with pytest.raises(AliasNotSet):
            registry.resolve_alias(desk.model, ALIAS)
        with pytest.raises(VersionNotFound):
            registry.get_version(desk.model, "1")
        with pytest.raises(VersionNotFound):
            registry.set_alias(desk.model, ALIAS, "1")
        assert registry.get_model_tags(desk.model) == {}
        assert registry.list_versions(desk.model) == []


def test_aliases_and_tags(stocked_desk: Desk) -> None:
    """Aliases resolve to versions with their tags and can be deleted."""
    with stocked_desk.registry as registry:
        registry.set_alias(stocked_desk.model, ALIAS, "2")
        version = registry.resolve_alias(stocked_desk.model, ALIAS)
        assert (version.version, version.status) == ("2", "READY")
        assert version == registry.get_version(stocked_desk.model, "2")
        assert version.records_checksums
        assert {each.version for each in registry.list_versions(stocked_desk.model)} == {"1", "2"}

        weight = ("baton.weight.canary", "12.5")
        registry.set_version_tag(stocked_desk.model, "2", *weight)
        assert weight in registry.resolve_alias(stocked_desk.model, ALIAS).tags.items()
        with pytest.raises(RegistryRefused) as caught:
            registry.set_version_tag(stocked_desk.model, "99", *weight)
        assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"

        registry.set_model_tag(stocked_desk.model, "note", "ä")
        assert registry.get_model_tags(stocked_desk.model) == {"note": "ä"}
        registry.delete_model_tag(stocked_desk.model, "note")
        registry.delete_alias(stocked_desk.model, ALIAS)
        registry.delete_alias(stocked_desk.model, ALIAS)
        with pytest.raises(AliasNotSet):
            registry.resolve_alias(stocked_desk.model, ALIAS)
        with pytest.raises(VersionNotFound):
            registry.get_version(stocked_desk.model, "not-a-number")


def test_fetch_verifies_a_trained_version(stocked_desk: Desk, tmp_path: Path) -> None:
    """The files are verified and can be opened again offline."""
    with stocked_desk.registry as registry:
        version = registry.get_version(stocked_desk.model, "1")
        fetched = fetch(registry, version, tmp_path)

    assert fetched.verified
    assert fetched.mlmodel.schema.classes == ("No", "Yes")
    assert len(fetched.mlmodel.schema.columns) == 19
    assert fetched.input_example is not None
    assert reopen(version, tmp_path) == fetched


def test_copy_by_mlflow_keeps_its_record(stocked_desk: Desk, tmp_path: Path) -> None:
    """MLflow copies the tag with the version; without the tag nothing is verified."""
    client = mlflow.MlflowClient(stocked_desk.tracking_uri, registry_uri=stocked_desk.tracking_uri)
    copy = client.copy_model_version(
        f"models:/{stocked_desk.model}/1", f"{stocked_desk.model}-copy"
    )
    with stocked_desk.registry as registry:
        first = registry.get_version(stocked_desk.model, "1")
        original = fetch(registry, first, tmp_path)
        again = registry.get_version(copy.name, copy.version)
        (tmp_path / "copy").mkdir()
        copied = fetch(registry, again, tmp_path / "copy")
        bare = registry.create_version(
            copy.name, source=first.source, run_id=first.run_id, tags={"baton.gate": "passed"}
        )
        (tmp_path / "bare").mkdir()
        unrecorded = fetch(registry, bare, tmp_path / "bare")

    assert original.manifest.data_sha256
    assert (copied.verified, copied.manifest) == (True, original.manifest)
    assert (unrecorded.verified, unrecorded.manifest) == (False, Manifest())


def test_concurrent_promotions(stocked_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither promotion is lost, and the ledger ends with the alias's version."""
    with stocked_desk.registry as ann, RegistryClient(stocked_desk.tracking_uri) as bob:
        original = ann.set_alias

        def interleaved(name: str, alias: str, version: str) -> None:
            """Bob's whole promotion happens between Ann's intent and Ann's move."""
            promotion.promote(bob, name, "2", alias=alias, by="bob")
            original(name, alias, version)

        monkeypatch.setattr(ann, "set_alias", interleaved)
        promotion.promote(ann, stocked_desk.model, "1", alias=ALIAS, by="ann")
        moves = sync_and_read_moves(bob, stocked_desk.model, alias=ALIAS)

    assert {(move.by, move.to_version) for move in moves} == {("ann", "1"), ("bob", "2")}
    assert moves[-1].to_version == "1"
