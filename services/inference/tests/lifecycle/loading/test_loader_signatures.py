"""The loader with trusted keys."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from baton_inference.errors import FailureKind
from baton_registry.errors import RegistryUnavailable
from baton_registry.versions.keys import generate_key_pair, parse_signing_key
from baton_registry.versions.manifest import Manifest
from tests.support.fakes.loader import catch_failure, make_loader
from tests.support.fakes.memory_registry import FakeRegistry


def test_with_trusted_keys_only_signed_versions_load(
    registry: FakeRegistry, tmp_path: Path
) -> None:
    """The rule holds for the registry and for the cache."""
    key = parse_signing_key(generate_key_pair()[0])
    unprotected = make_loader(registry, tmp_path / "cache")
    protected = make_loader(registry, tmp_path / "cache", key.public)
    version = registry.add("1")
    unprotected.record_serving(unprotected.load(version), "production")
    kind, reason = catch_failure(protected, version)
    assert kind is FailureKind.SIGNATURE
    assert "not signed by a trusted key" in reason
    assert protected.load_last_served("churn_model", "production") is None

    tag, signature = key.sign(version.name, version.tags)
    signed = replace(version, tags=MappingProxyType({**version.tags, tag: signature}))
    assert protected.load(signed).model.version == "1"


def test_the_cache_verifies_the_signature(registry: FakeRegistry, tmp_path: Path) -> None:
    """During an outage a signed version loads from the cache, unless it was altered."""
    key = parse_signing_key(generate_key_pair()[0])
    loader = make_loader(registry, tmp_path / "cache", key.public)
    version = registry.add("1")
    tag, signature = key.sign(version.name, version.tags)
    signed = replace(version, tags=MappingProxyType({**version.tags, tag: signature}))
    loader.record_serving(loader.load(signed), "production")
    registry.fault = RegistryUnavailable("away")
    assert loader.load_last_served("churn_model", "production") is not None

    (model,) = tmp_path.rglob("model.onnx")
    (manifest,) = tmp_path.rglob("baton-manifest.json")
    (record,) = tmp_path.rglob("version.json")
    model.write_bytes(evil := b"sum 0.99")
    listed = {**json.loads(manifest.read_bytes())["files"], "model.onnx": sha256(evil)}
    manifest.write_bytes(forged := Manifest(files=listed).to_json())
    digest = version.tags["baton.manifest"]
    record.write_text(record.read_text().replace(digest, sha256(forged)))
    assert make_loader(registry, tmp_path / "cache").load_last_served("churn_model", "production")
    assert loader.load_last_served("churn_model", "production") is None


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_no_file_of_an_unsigned_version_is_fetched(registry: FakeRegistry, tmp_path: Path) -> None:
    """The signature is checked before the manifest is fetched."""
    loader = make_loader(
        registry, tmp_path / "cache", parse_signing_key(generate_key_pair()[0]).public
    )
    assert catch_failure(loader, registry.add("1"))[0] is FailureKind.SIGNATURE
    assert registry.downloads == []


def test_a_removed_signature_outranks_the_cache(registry: FakeRegistry, tmp_path: Path) -> None:
    """The registry's present tags count, not those in the cache."""
    key = parse_signing_key(generate_key_pair()[0])
    loader = make_loader(registry, tmp_path / "cache", key.public)
    version = registry.add("1")
    tag, signature = key.sign(version.name, version.tags)
    loader.load(replace(version, tags=MappingProxyType({**version.tags, tag: signature})))

    for tags in (version.tags, MappingProxyType({})):
        bare = replace(version, tags=tags)
        assert catch_failure(loader, bare)[0] is FailureKind.SIGNATURE
