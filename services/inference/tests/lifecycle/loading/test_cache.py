"""The cache of versions on disk."""

import fcntl
import json
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import pytest

from baton_inference.lifecycle.loading import cache as cache_module
from baton_inference.lifecycle.loading.cache import SPARE_VERSIONS, VersionCache
from baton_inference.lifecycle.loading.locks import is_locked
from baton_inference.lifecycle.loading.runtime import describe_runtime
from baton_registry.versions.model_version import ModelVersion, VersionIdentity

TAGS = MappingProxyType({"baton.sha256.model.onnx": "ab", "baton.gate": "passed"})


def version(number: int | str, name: str = "churn_model") -> ModelVersion:
    """Makes a version with checksums."""
    return ModelVersion(name, str(number), "run", f"models:/m-{number}", "READY", TAGS)


def put(cache: VersionCache, version: ModelVersion, content: bytes = b"x") -> None:
    """Caches a version of one file."""
    with cache.stage() as folder:
        (folder / "model.onnx").write_bytes(content)
        cache.keep(version, folder)


@pytest.fixture
def cache(tmp_path: Path) -> VersionCache:
    """An empty cache whose folder does not exist yet."""
    return VersionCache(tmp_path / "cache")


def test_a_cached_version_is_found_by_its_identity(cache: VersionCache) -> None:
    """The cache returns its tags and its files."""
    put(cache, version(1))
    cached = cache.find("churn_model", VersionIdentity("1", "models:/m-1"))
    assert cached is not None
    assert cached[0] == version(1)
    assert (cached[1] / "model.onnx").read_bytes() == b"x"


def test_same_number_of_another_registry_is_not_found(cache: VersionCache) -> None:
    """The number alone does not identify a version; the source and the model count, too."""
    put(cache, version(1))
    assert cache.find("churn_model", VersionIdentity("1", "models:/other")) is None
    assert cache.find("other_model", VersionIdentity("1", "models:/m-1")) is None


def test_last_served_version_is_found_by_model_and_alias(cache: VersionCache) -> None:
    """Two aliases and two models can share a folder."""
    for each in (version(1), version(2), version(1, "other")):
        put(cache, each)
    cache.record_serving(version(1), "production")
    cache.record_serving(version(2), "staging")
    cache.record_serving(version(1, "other"), "production")
    cache.record_serving(version(2), "production")
    for name, alias, expected in (
        ("churn_model", "production", version(2)),
        ("churn_model", "staging", version(2)),
        ("other", "production", version(1, "other")),
    ):
        cached = cache.find_last_served(name, alias)
        assert cached[0][0] == expected
    assert cache.find_last_served("other", "staging") == []


def test_the_version_before_is_found_too(cache: VersionCache) -> None:
    """A version that is recorded again does not become its own predecessor."""
    for number in (1, 2, 3):
        put(cache, version(number))
    for number, expected in (
        (1, [1]),
        (1, [1]),
        (2, [2, 1]),
        (2, [2, 1]),
        (1, [1, 2]),
        (3, [3, 1]),
    ):
        cache.record_serving(version(number), "production")
        served = cache.find_last_served("churn_model", "production")
        assert [each.version for each, _ in served] == [str(each) for each in expected]


def test_a_version_is_proven_while_it_is_cached(cache: VersionCache) -> None:
    """Files that replace altered ones are not proven."""
    cache.record_proven(version(1))
    assert not cache.is_proven(version(1))
    put(cache, version(1))
    cache.record_proven(version(1))
    assert cache.is_proven(version(1))
    put(cache, version(1))
    assert not cache.is_proven(version(1))


def test_a_version_is_proven_with_one_runtime(
    cache: VersionCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade it is on trial again."""
    put(cache, version(1))
    cache.record_proven(version(1))
    assert "onnxruntime" in describe_runtime()
    monkeypatch.setattr(cache_module, "describe_runtime", lambda: "onnxruntime 99.0")
    assert not cache.is_proven(version(1))
    cache.record_proven(version(1))
    assert cache.is_proven(version(1))


def put_altered(cache: VersionCache, tmp_path: Path, **fields: object) -> None:
    """Caches version 1 as the serving one, and alters fields of its `version.json`."""
    put(cache, version(1))
    cache.record_serving(version(1), "production")
    (file,) = tmp_path.rglob("version.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))


@pytest.mark.parametrize("fields", [{"name": "other"}, {"version": "2"}, {"tags": {}}])
def test_an_entry_with_another_identity_is_not_found(
    cache: VersionCache, tmp_path: Path, fields: dict[str, object]
) -> None:
    """The cache ignores an entry that records another model or version, or no checksums."""
    put_altered(cache, tmp_path, **fields)
    assert cache.find("churn_model", version(1).identity) is None


@pytest.mark.parametrize("fields", [{"name": "other"}, {"tags": {}}])
def test_last_served_version_needs_its_name_and_checksums(
    cache: VersionCache, tmp_path: Path, fields: dict[str, object]
) -> None:
    """The cache ignores another model's version, and one that it cannot verify."""
    put_altered(cache, tmp_path, **fields)
    assert cache.find_last_served("churn_model", "production") == []


def test_keeping_again_replaces_altered_files(cache: VersionCache) -> None:
    """A version that was fetched again replaces its altered files."""
    put(cache, version(1), b"altered")
    put(cache, version(1), b"x")
    cached = cache.find("churn_model", version(1).identity)
    assert cached is not None
    assert (cached[1] / "model.onnx").read_bytes() == b"x"


def test_staging_is_empty_afterwards(cache: VersionCache, tmp_path: Path) -> None:
    """Neither success nor failure leaves files in staging."""
    put(cache, version(1))
    put(cache, version(1))
    with suppress(ValueError), cache.stage() as folder:
        (folder / "half").write_bytes(b"x")
        raise ValueError
    assert list((tmp_path / "cache" / "staging").iterdir()) == []


def test_only_leftovers_of_dead_processes_are_removed(cache: VersionCache, tmp_path: Path) -> None:
    """A folder that is in use stays."""
    cache.remove_leftovers()
    staging = tmp_path / "cache" / "staging"
    (staging / "left" / "model").mkdir(parents=True)
    with cache.stage() as folder:
        VersionCache(tmp_path / "cache").remove_leftovers()
        assert [each.name for each in staging.iterdir()] == [folder.parent.name]


def test_the_cache_is_bounded_and_keeps_serving_versions(
    cache: VersionCache, tmp_path: Path
) -> None:
    """It keeps the serving versions and the most recently used others."""
    put(cache, version(0))
    cache.record_serving(version(0), "staging")
    for number in range(1, 12):
        put(cache, version(number))
        cache.record_serving(version(number), "production")
        entry = max((tmp_path / "cache" / "versions").iterdir(), key=os.path.getmtime)
        os.utime(entry, (number, number))
    left = {n for n in range(12) if cache.find("churn_model", version(n).identity)}
    assert {0, 10, 11} <= left  # version 10 served before 11
    assert left - {0, 10, 11} == {*range(10 - SPARE_VERSIONS, 10)}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"entry": 3}', '{"entry": "../../x"}'])
def test_an_unreadable_pointer_is_ignored(cache: VersionCache, tmp_path: Path, text: str) -> None:
    """A pointer that is invalid or leads out of the folder names no version."""
    put(cache, version(1))
    cache.record_serving(version(1), "production")
    (pointer,) = (tmp_path / "cache" / "serving").iterdir()
    pointer.write_text(text)
    assert cache.find_last_served("churn_model", "production") == []
    cache.record_serving(version(1), "staging")


def test_a_pointer_to_a_removed_version_is_ignored(cache: VersionCache, tmp_path: Path) -> None:
    put(cache, version(1))
    cache.record_serving(version(1), "production")
    shutil.rmtree(tmp_path / "cache" / "versions")
    assert cache.find_last_served("churn_model", "production") == []


def test_processes_can_keep_the_same_version_at_once(cache: VersionCache) -> None:
    """All of them succeed, and one copy stays."""
    barrier = threading.Barrier(4)

    def keep() -> None:
        with cache.stage() as folder:
            (folder / "model.onnx").write_bytes(b"x")
            barrier.wait()
            cache.keep(version(1), folder)

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(keep) for _ in range(4)]
    for job in jobs:
        job.result()
    assert cache.find("churn_model", version(1).identity) is not None


def test_an_entry_that_appears_before_the_rename_is_kept(
    cache: VersionCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replica succeeds if another one adds the entry between its check and its rename."""
    put(cache, version(1), b"first")
    monkeypatch.setattr(Path, "exists", lambda _: False)
    put(cache, version(1), b"second")
    cached = cache.find("churn_model", version(1).identity)
    assert cached is not None
    assert (cached[1] / "model.onnx").read_bytes() == b"first"


def test_staging_is_locked_while_in_use(cache: VersionCache) -> None:
    """The lock shows other processes that the folder is in use."""
    with cache.stage() as folder:
        handle = os.open(folder.parent, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(handle)


def test_two_processes_that_ask_for_a_lock_do_not_hold_it(tmp_path: Path) -> None:
    """A lock that another process tries at the same time is not a lock that is held."""
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert not is_locked(tmp_path)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert is_locked(tmp_path)
    finally:
        os.close(handle)


@pytest.mark.parametrize("name", ["gone", "file/below"])
def test_what_cannot_be_opened_counts_as_locked(tmp_path: Path, name: str) -> None:
    """So no process removes what it cannot judge."""
    (tmp_path / "file").touch()
    assert is_locked(tmp_path / name)
