"""The version that a file is scored with."""

import pytest

from baton_cli.bulk.pinned import pinned
from baton_cli.errors import CommandFailed
from baton_cli.settings import CliSettings, load
from baton_registry.errors import (
    AliasNotSet,
    ChecksumMismatch,
    NotSigned,
    VersionNotFound,
    VersionNotReady,
)
from baton_registry.versions.signing import generate_key_pair
from tests.support.cli.bulk import add_onnx
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS


def test_the_alias_is_looked_up_once(registry: Registry) -> None:
    """The version is what the alias says now, whatever it says later; a number needs no alias."""
    add_onnx(registry, "3")
    add_onnx(registry, "4")
    settings = load(CliSettings)
    with pytest.raises(AliasNotSet):
        pinned(settings, None)
    registry.aliases[ALIAS] = "3"
    model = pinned(settings, None)
    registry.aliases[ALIAS] = "4"
    assert model.version.version == "3"
    assert model.engine.classes == ("no", "yes")
    assert model.record.data_sha256 == "ab" * 32
    assert [column.name for column in model.schema.columns] == ["x"]
    assert registry.log.count(("GET", "registered-models/alias")) == 2
    assert pinned(settings, "4").version.version == "4"


def test_only_what_was_registered_is_loaded(registry: Registry) -> None:
    """A file that was altered, a version that is not there or not ready are refused."""
    settings = load(CliSettings)
    with pytest.raises(VersionNotFound):
        pinned(settings, "9")
    add_onnx(registry, "3")
    registry.versions["3"]["status"] = "PENDING_REGISTRATION"
    with pytest.raises(VersionNotReady, match="PENDING_REGISTRATION"):
        pinned(settings, "3")
    add_onnx(registry, "3")
    registry.files["3/model.onnx"] += b"\0"
    with pytest.raises(ChecksumMismatch):
        pinned(settings, "3")


def test_what_cannot_be_loaded_is_told(registry: Registry) -> None:
    """A file that is no model is one line."""
    add_onnx(registry, "3")
    registry.versions["3"]["tags"] = []
    registry.files["3/model.onnx"] = b"no model"
    with pytest.raises(CommandFailed, match="version 3 cannot be loaded"):
        pinned(load(CliSettings), "3")


def test_what_no_trusted_key_has_signed_is_not_fetched(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one file of it."""
    add_onnx(registry, "3")
    registry.files.clear()  # whoever looks for a file finds none, and says so
    monkeypatch.setenv("BATON_TRUSTED_KEYS", generate_key_pair()[1])
    with pytest.raises(NotSigned):
        pinned(load(CliSettings), "3")
