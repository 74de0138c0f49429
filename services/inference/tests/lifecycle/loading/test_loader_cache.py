"""The loader: versions from the cache."""

import errno
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import pytest
from structlog.testing import capture_logs

from baton_inference.errors import FailureKind
from baton_inference.lifecycle.loading.cache import VersionCache
from baton_inference.lifecycle.loading.loader import Loader
from baton_registry.errors import RegistryUnavailable
from tests.support.fakes.loader import catch_failure, make_loader
from tests.support.fakes.memory_registry import FakeRegistry


def test_an_altered_cache_is_fetched_again(
    loader: Loader, registry: FakeRegistry, tmp_path: Path
) -> None:
    """Altered files are replaced, with or without recorded checksums."""
    for version in (
        registry.add("1"),
        registry.add("2", record="tags"),
        registry.add("3", record="nothing"),
    ):
        loader.load(version)
        for file in tmp_path.rglob("model.onnx"):
            file.write_bytes(b"sum 0.99")
        registry.downloads.clear()
        loader.load(version)
        assert registry.downloads
        registry.downloads.clear()
        loader.load(version)
        assert registry.downloads == []


@pytest.mark.parametrize("record", ["manifest", "tags", "nothing"])
def test_the_last_served_version_loads_without_the_registry(
    loader: Loader,
    registry: FakeRegistry,
    tmp_path: Path,
    record: Literal["manifest", "tags", "nothing"],
) -> None:
    """After a restart the cached version is verified and loaded."""
    loader.record_serving(loader.load(registry.add("1", record=record)), "production")
    registry.fault = RegistryUnavailable("away")
    restarted = make_loader(registry, tmp_path / "cache")
    version = restarted.load_last_served("churn_model", "production")
    assert version is not None
    assert (version.model.version, version.source) == ("1", "cache")
    if record != "nothing":
        assert version.model.tags == registry.versions["1"].tags


@pytest.mark.parametrize(
    "file",
    ["model.onnx", "MLmodel", "version.json", "input_example.json", "baton-manifest.json"],
)
@pytest.mark.parametrize("content", [b"", b"sum 0.99", b"\xff\x00"])
def test_a_corrupt_cache_is_not_served(
    loader: Loader, registry: FakeRegistry, tmp_path: Path, file: str, content: bytes
) -> None:
    """If any file was altered, the version comes from the registry."""
    loader.record_serving(loader.load(registry.add("1")), "production")
    (path,) = tmp_path.rglob(file)
    path.write_bytes(content)
    assert loader.load_last_served("churn_model", "production") is None
    assert loader.load(registry.versions["1"]).model.version == "1"


def test_an_empty_cache_has_no_version(loader: Loader) -> None:
    loader.clean_up()
    assert loader.load_last_served("churn_model", "production") is None


def test_versions_load_without_a_writable_cache(registry: FakeRegistry, tmp_path: Path) -> None:
    """The cache folder cannot be created; the version is loaded anyway."""
    (tmp_path / "file").write_text("in the way")
    loader = make_loader(registry, tmp_path / "file" / "cache")
    loader.clean_up()
    version = loader.load(registry.add("1"))
    loader.record_serving(version, "production")
    assert version.model.version == "1"
    assert loader.load_last_served("churn_model", "production") is None


def test_a_version_that_cannot_be_cached_is_fetched_once(
    registry: FakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If only the cache fails, the fetched version serves."""

    def keep(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(VersionCache, "keep", keep)
    loader = make_loader(registry, tmp_path / "cache")
    with capture_logs() as logs:
        assert loader.load(registry.add("1")).model.version == "1"
    assert len(registry.downloads) == len(set(registry.downloads))
    assert [each["event"] for each in logs if each["log_level"] == "warning"] == [
        "the version cannot be cached"
    ]


def test_checksums_of_the_registry_take_precedence(loader: Loader, registry: FakeRegistry) -> None:
    """A cached version is not used if the registry's checksums changed."""
    version = registry.add("1")
    loader.load(version)
    other = MappingProxyType(dict.fromkeys(version.tags, "0" * 64))
    assert catch_failure(loader, replace(version, tags=other))[0] is FailureKind.CHECKSUM
