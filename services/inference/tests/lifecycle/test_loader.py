"""The loader: from the registry or the cache to a version that can serve."""

import errno
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import pytest
from structlog.testing import capture_logs

from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.cache import VersionCache
from baton_inference.lifecycle.loader import Loader
from baton_inference.protocols.catalog import compile_codecs
from baton_inference.protocols.protocol import CodecParts
from baton_registry.errors import RegistryRefused, RegistryUnavailable
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signing import TrustedKey, generate_key_pair, parse_signing_key
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.live_version import InProcessReader
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import open_fake_engine


@pytest.fixture
def registry() -> FakeRegistry:
    """An empty registry."""
    return FakeRegistry()


def make_loader(registry: FakeRegistry, directory: Path, *trusted: TrustedKey) -> Loader:
    """A loader whose cache is in a folder."""
    return Loader(
        registry,
        VersionCache(directory),
        open_engine=open_fake_engine,
        compile_codecs=lambda version, schema, classes: compile_codecs(
            CodecParts(version, schema, classes, InProcessReader(), 100)
        ),
        clock=ManualClock().clock(),
        trusted=trusted,
    )


@pytest.fixture
def loader(registry: FakeRegistry, tmp_path: Path) -> Loader:
    """A loader with an empty cache."""
    return make_loader(registry, tmp_path / "cache")


def failure_of(loader: Loader, version: ModelVersion) -> tuple[FailureKind, str]:
    """How the version fails to load."""
    with pytest.raises(LoadFailure) as caught:
        loader.load(version)
    return caught.value.kind, str(caught.value)


def test_loads_fetched_verified_and_warmed_up(loader: Loader, registry: FakeRegistry) -> None:
    """A good version comes with its engine, its codec and an example to show."""
    served = loader.load(registry.add("1", "sum 0.75"))
    assert (served.model.version, served.source, served.engine.name) == ("1", "registry", "sum")
    assert served.example == {"x": 1.5, "n": 2, "note": "b"}
    assert served.inline_rows > 0
    assert set(served.codecs) == {"predict", "invocations", "v2"}


def test_a_file_that_is_not_the_registered_one(loader: Loader, registry: FakeRegistry) -> None:
    """A file whose checksum is not the recorded one is refused."""
    version = registry.add("1")
    registry.files[version.source]["model.onnx"] = b"sum 0.99"
    assert failure_of(loader, version)[0] is FailureKind.CHECKSUM


def test_no_checksums_only_warn(loader: Loader, registry: FakeRegistry) -> None:
    """A version that plain MLflow made records no checksums, and is served."""
    assert loader.load(registry.add("1", record="nothing")).model.version == "1"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (RegistryUnavailable("away"), FailureKind.FETCH),
        (RegistryRefused("403", error_code="", status=403), FailureKind.FETCH),
        (MemoryError(), FailureKind.INTERNAL),
    ],
)
def test_faults_of_the_fetch(
    loader: Loader, registry: FakeRegistry, fault: Exception, kind: FailureKind
) -> None:
    """Whatever the fetch raises is a load failure of the right kind."""
    version = registry.add("1")
    registry.download_fault = fault
    assert failure_of(loader, version)[0] is kind


def test_a_version_that_is_not_ready(loader: Loader, registry: FakeRegistry) -> None:
    """What the registry does not call READY is tried again soon."""
    version = replace(registry.add("1"), status="PENDING_REGISTRATION")
    kind, reason = failure_of(loader, version)
    assert kind is FailureKind.FETCH
    assert "PENDING_REGISTRATION" in reason


def test_no_onnx(loader: Loader, registry: FakeRegistry) -> None:
    """A version without an ONNX model, or without its file, says so."""
    version = registry.add("1", record="nothing")
    registry.files[version.source]["MLmodel"] = b'{"flavors": {"sklearn": {}}}'
    assert failure_of(loader, version) == (
        FailureKind.INVALID,
        "the version has no ONNX model (flavors: sklearn); log it with mlflow.onnx",
    )
    version = registry.add("2")
    del registry.files[version.source]["model.onnx"]
    assert failure_of(loader, version)[0] is FailureKind.INVALID


def test_a_model_that_does_not_load_or_fails(loader: Loader, registry: FakeRegistry) -> None:
    """A model that cannot be built and one that fails on its example are told apart."""
    assert failure_of(loader, registry.add("1", "broken"))[0] is FailureKind.ENGINE
    assert failure_of(loader, registry.add("2", "error"))[0] is FailureKind.WARM_UP


def test_a_version_that_fails_is_not_kept(loader: Loader, registry: FakeRegistry) -> None:
    """A broken version is fetched anew when it is tried again: it may have been mended."""
    failure_of(loader, registry.add("1", "broken", record="nothing"))
    assert loader.load(registry.add("1", "sum 0.5", record="nothing")).model.version == "1"


def test_an_altered_cache_is_fetched_again(
    loader: Loader, registry: FakeRegistry, tmp_path: Path
) -> None:
    """Files that were altered in the cache are replaced, with or without recorded checksums."""
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
def test_serves_from_the_cache_what_served_last(
    loader: Loader,
    registry: FakeRegistry,
    tmp_path: Path,
    record: Literal["manifest", "tags", "nothing"],
) -> None:
    """After a restart the noted version is verified and loaded without a word to the registry."""
    loader.note_serving(loader.load(registry.add("1", record=record)), "production")
    registry.fault = RegistryUnavailable("away")
    served = make_loader(registry, tmp_path / "cache").load_last_served("churn_model", "production")
    assert served is not None
    assert (served.model.version, served.source) == ("1", "cache")
    if record != "nothing":
        assert served.model.tags == registry.versions["1"].tags


@pytest.mark.parametrize(
    "file",
    ["model.onnx", "MLmodel", "version.json", "input_example.json", "baton-manifest.json"],
)
@pytest.mark.parametrize("content", [b"", b"sum 0.99", b"\xff\x00"])
def test_a_corrupt_cache_is_not_served(
    loader: Loader, registry: FakeRegistry, tmp_path: Path, file: str, content: bytes
) -> None:
    """Where any file was altered, the cache gives nothing: the registry has to."""
    loader.note_serving(loader.load(registry.add("1")), "production")
    (found,) = tmp_path.rglob(file)
    found.write_bytes(content)
    assert loader.load_last_served("churn_model", "production") is None
    assert loader.load(registry.versions["1"]).model.version == "1"


def test_an_empty_cache_gives_nothing(loader: Loader) -> None:
    """Nothing was served yet: nothing is found, and nothing fails."""
    loader.clean_up()
    assert loader.load_last_served("churn_model", "production") is None


def test_a_cache_that_cannot_be_written_does_not_matter(
    registry: FakeRegistry, tmp_path: Path
) -> None:
    """Where the folder cannot be made, versions are loaded and served all the same."""
    (tmp_path / "file").write_text("in the way")
    loader = make_loader(registry, tmp_path / "file" / "cache")
    loader.clean_up()
    served = loader.load(registry.add("1"))
    loader.note_serving(served, "production")
    assert served.model.version == "1"
    assert loader.load_last_served("churn_model", "production") is None


def test_a_version_that_cannot_be_kept_is_fetched_once(
    registry: FakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If only the caching fails, what was fetched and warmed up serves."""

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


def test_tags_of_the_registry_count_more_than_the_cache(
    loader: Loader, registry: FakeRegistry
) -> None:
    """A kept version whose recorded checksums changed is not taken from the cache."""
    version = registry.add("1")
    loader.load(version)
    other = MappingProxyType(dict.fromkeys(version.tags, "0" * 64))
    assert failure_of(loader, replace(version, tags=other))[0] is FailureKind.CHECKSUM


def test_only_signed_versions_are_loaded_where_keys_are_trusted(
    registry: FakeRegistry, tmp_path: Path
) -> None:
    """Neither from the registry nor from the cache comes a version that no trusted key signed."""
    key = parse_signing_key(generate_key_pair()[0])
    careless = make_loader(registry, tmp_path / "cache")
    careful = make_loader(registry, tmp_path / "cache", key.public)
    version = registry.add("1")
    careless.note_serving(careless.load(version), "production")
    kind, reason = failure_of(careful, version)
    assert kind is FailureKind.SIGNATURE
    assert "not signed by a trusted key" in reason
    assert careful.load_last_served("churn_model", "production") is None

    tag, signature = key.sign(version.name, version.tags)
    signed = replace(version, tags=MappingProxyType({**version.tags, tag: signature}))
    assert careful.load(signed).model.version == "1"


def test_the_cache_stays_signed(registry: FakeRegistry, tmp_path: Path) -> None:
    """A signed version comes from the cache while the registry is away, unless it was altered."""
    key = parse_signing_key(generate_key_pair()[0])
    loader = make_loader(registry, tmp_path / "cache", key.public)
    version = registry.add("1")
    tag, signature = key.sign(version.name, version.tags)
    signed = replace(version, tags=MappingProxyType({**version.tags, tag: signature}))
    loader.note_serving(loader.load(signed), "production")
    registry.fault = RegistryUnavailable("away")
    assert loader.load_last_served("churn_model", "production") is not None

    (model,) = tmp_path.rglob("model.onnx")
    (manifest,) = tmp_path.rglob("baton-manifest.json")
    (note,) = tmp_path.rglob("version.json")
    model.write_bytes(evil := b"sum 0.99")
    listed = {**json.loads(manifest.read_bytes())["files"], "model.onnx": sha256(evil)}
    manifest.write_bytes(forged := Manifest(files=listed).to_json())
    was = version.tags["baton.manifest"]
    note.write_text(note.read_text().replace(was, sha256(forged)))
    assert make_loader(registry, tmp_path / "cache").load_last_served("churn_model", "production")
    assert loader.load_last_served("churn_model", "production") is None


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_no_file_of_an_unsigned_version_is_fetched(registry: FakeRegistry, tmp_path: Path) -> None:
    """Not even the manifest."""
    loader = make_loader(
        registry, tmp_path / "cache", parse_signing_key(generate_key_pair()[0]).public
    )
    assert failure_of(loader, registry.add("1"))[0] is FailureKind.SIGNATURE
    assert registry.downloads == []


def test_a_version_that_is_signed_no_more_is_not_taken_from_the_cache(
    registry: FakeRegistry, tmp_path: Path
) -> None:
    """What the registry says now counts, whatever the cache noted when it was fetched."""
    key = parse_signing_key(generate_key_pair()[0])
    loader = make_loader(registry, tmp_path / "cache", key.public)
    version = registry.add("1")
    tag, signature = key.sign(version.name, version.tags)
    loader.load(replace(version, tags=MappingProxyType({**version.tags, tag: signature})))

    for tags in (version.tags, MappingProxyType({})):
        bare = replace(version, tags=tags)
        assert failure_of(loader, bare)[0] is FailureKind.SIGNATURE
