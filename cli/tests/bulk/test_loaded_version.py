"""The version that scores a file."""

import pytest

from baton_cli.bulk.loaded_version import load_version
from baton_cli.errors import CommandFailed
from baton_cli.settings import CliSettings, load
from baton_registry.errors import (
    AliasNotSet,
    ChecksumMismatch,
    NotSigned,
    VersionNotFound,
    VersionNotReady,
)
from baton_registry.versions.keys import generate_key_pair
from tests.support.cli.bulk import add_onnx
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS


def test_alias_is_resolved_once(registry: Registry) -> None:
    """A later move changes nothing. A number needs no alias."""
    add_onnx(registry, "3")
    add_onnx(registry, "4")
    settings = load(CliSettings)
    with pytest.raises(AliasNotSet):
        load_version(settings, None)
    registry.aliases[ALIAS] = "3"
    model = load_version(settings, None)
    registry.aliases[ALIAS] = "4"
    assert model.version.version == "3"
    assert model.engine.output_schema.classes == ("no", "yes")
    assert model.manifest.data_sha256 == "ab" * 32
    assert [column.name for column in model.schema.columns] == ["x"]
    assert registry.log.count(("GET", "registered-models/alias")) == 2
    assert load_version(settings, "4").version.version == "4"


def test_unverified_version_is_rejected(registry: Registry) -> None:
    """A missing version is rejected, too, and one that is not ready."""
    settings = load(CliSettings)
    with pytest.raises(VersionNotFound):
        load_version(settings, "9")
    add_onnx(registry, "3")
    registry.versions["3"]["status"] = "PENDING_REGISTRATION"
    with pytest.raises(VersionNotReady, match="PENDING_REGISTRATION"):
        load_version(settings, "3")
    add_onnx(registry, "3")
    registry.files["3/model.onnx"] += b"\0"
    with pytest.raises(ChecksumMismatch):
        load_version(settings, "3")


def test_invalid_model_is_one_line(registry: Registry) -> None:
    """The message names the version."""
    add_onnx(registry, "3")
    registry.versions["3"]["tags"] = []
    registry.files["3/model.onnx"] = b"no model"
    with pytest.raises(CommandFailed, match="version 3 cannot be loaded"):
        load_version(load(CliSettings), "3")


def test_untrusted_version_is_not_fetched(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file of it is downloaded."""
    add_onnx(registry, "3")
    registry.files.clear()  # a download would fail
    monkeypatch.setenv("BATON_TRUSTED_KEYS", generate_key_pair()[1])
    with pytest.raises(NotSigned):
        load_version(load(CliSettings), "3")
