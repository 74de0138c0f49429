"""The cache on disk."""

import fcntl
import json
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import pytest

from baton_inference.lifecycle.cache import KEEP, VersionCache
from baton_inference.lifecycle.policy import Identity
from baton_registry.versions.model_version import ModelVersion

TAGS = MappingProxyType({"baton.sha256.model.onnx": "ab", "baton.gate": "passed"})


def version(number: int | str, name: str = "churn_model", **fields: str) -> ModelVersion:
    """A version with checksums."""
    source = fields.get("source", f"models:/m-{number}")
    return ModelVersion(name, str(number), "run", source, "READY", TAGS)


def put(cache: VersionCache, kept: ModelVersion, content: bytes = b"x") -> None:
    """Keeps a version of one file."""
    with cache.staging() as folder:
        (folder / "model.onnx").write_bytes(content)
        cache.keep(kept, folder)


@pytest.fixture
def cache(tmp_path: Path) -> VersionCache:
    """An empty cache whose folder does not exist yet."""
    return VersionCache(tmp_path / "cache")


def test_gives_back_what_it_keeps(cache: VersionCache) -> None:
    """A version is found by its identity, with its tags and its files."""
    put(cache, version(1))
    found = cache.find("churn_model", Identity("1", "models:/m-1"))
    assert found is not None
    assert found[0] == version(1)
    assert (found[1] / "model.onnx").read_bytes() == b"x"


def test_same_number_of_another_registry_is_not_found(cache: VersionCache) -> None:
    """The number alone does not make it the same version, nor does another model's version."""
    put(cache, version(1))
    assert cache.find("churn_model", Identity("1", "models:/other")) is None
    assert cache.find("other_model", Identity("1", "models:/m-1")) is None


def test_remembers_what_served_for_each_model_and_alias(cache: VersionCache) -> None:
    """Two aliases and two models may share a folder."""
    for kept in (version(1), version(2), version(1, "other")):
        put(cache, kept)
    cache.point_to(version(1), "production")
    cache.point_to(version(2), "staging")
    cache.point_to(version(1, "other"), "production")
    cache.point_to(version(2), "production")
    for name, alias, expected in (
        ("churn_model", "production", version(2)),
        ("churn_model", "staging", version(2)),
        ("other", "production", version(1, "other")),
    ):
        found = cache.find_last_served(name, alias)
        assert found is not None
        assert found[0] == expected
    assert cache.find_last_served("other", "staging") is None


def altered_note(cache: VersionCache, tmp_path: Path, **fields: object) -> None:
    """Keeps version 1, as what serves, and alters what the cache notes of it."""
    put(cache, version(1))
    cache.point_to(version(1), "production")
    (note,) = tmp_path.rglob("version.json")
    note.write_text(json.dumps({**json.loads(note.read_text()), **fields}))


@pytest.mark.parametrize("fields", [{"name": "other"}, {"version": "2"}, {"tags": {}}])
def test_an_entry_that_is_not_what_it_is_kept_as(
    cache: VersionCache, tmp_path: Path, fields: dict[str, object]
) -> None:
    """Another model's files, or another version's, are not found in a version's place."""
    altered_note(cache, tmp_path, **fields)
    assert cache.find("churn_model", Identity.from_version(version(1))) is None


@pytest.mark.parametrize("fields", [{"name": "other"}, {"tags": {}}])
def test_nothing_is_served_without_its_name_and_its_checksums(
    cache: VersionCache, tmp_path: Path, fields: dict[str, object]
) -> None:
    """What served last is another model's, or could be anything: it is not taken."""
    altered_note(cache, tmp_path, **fields)
    assert cache.find_last_served("churn_model", "production") is None


def test_keeping_again_replaces_what_was_altered(cache: VersionCache) -> None:
    """A version that had to be fetched again takes the place of its altered files."""
    put(cache, version(1), b"altered")
    put(cache, version(1), b"x")
    found = cache.find("churn_model", Identity.from_version(version(1)))
    assert found is not None
    assert (found[1] / "model.onnx").read_bytes() == b"x"


def test_staging_is_empty_afterwards(cache: VersionCache, tmp_path: Path) -> None:
    """Neither success nor failure leaves anything behind in staging."""
    put(cache, version(1))
    put(cache, version(1))
    with suppress(ValueError), cache.staging() as folder:
        (folder / "half").write_bytes(b"x")
        raise ValueError
    assert list((tmp_path / "cache" / "staging").iterdir()) == []


def test_cleans_what_the_dead_left_and_spares_the_living(
    cache: VersionCache, tmp_path: Path
) -> None:
    """Leftovers of a process that died are removed; a folder in use is not."""
    cache.clean()
    staging = tmp_path / "cache" / "staging"
    (staging / "left" / "model").mkdir(parents=True)
    with cache.staging() as folder:
        VersionCache(tmp_path / "cache").clean()
        assert [each.name for each in staging.iterdir()] == [folder.parent.name]


def test_is_bounded_and_never_forgets_what_serves(cache: VersionCache, tmp_path: Path) -> None:
    """Beside what serves only the versions used last are kept."""
    put(cache, version(0))
    cache.point_to(version(0), "staging")
    for number in range(1, 12):
        put(cache, version(number))
        cache.point_to(version(number), "production")
        entry = max((tmp_path / "cache" / "versions").iterdir(), key=os.path.getmtime)
        os.utime(entry, (number, number))
    kept = {n for n in range(12) if cache.find("churn_model", Identity.from_version(version(n)))}
    assert {0, 11} <= kept
    assert kept - {0, 11} == {*range(11 - KEEP, 11)}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"entry": 3}', '{"entry": "../../x"}'])
def test_an_unreadable_note_is_none(cache: VersionCache, tmp_path: Path, text: str) -> None:
    """A note that cannot be read counts as no note, and does not lead out of the folder."""
    put(cache, version(1))
    cache.point_to(version(1), "production")
    (note,) = (tmp_path / "cache" / "serving").iterdir()
    note.write_text(text)
    assert cache.find_last_served("churn_model", "production") is None
    cache.point_to(version(1), "staging")


def test_a_note_of_a_version_that_is_gone_is_none(cache: VersionCache, tmp_path: Path) -> None:
    """Where the version itself was removed, nothing is found."""
    put(cache, version(1))
    cache.point_to(version(1), "production")
    shutil.rmtree(tmp_path / "cache" / "versions")
    assert cache.find_last_served("churn_model", "production") is None


def test_processes_may_keep_the_same_version_at_once(cache: VersionCache) -> None:
    """Of several that keep a version at a time, all succeed, and one copy stays."""
    barrier = threading.Barrier(4)
    odd: list[BaseException] = []

    def keep() -> None:
        try:
            with cache.staging() as folder:
                (folder / "model.onnx").write_bytes(b"x")
                barrier.wait()
                cache.keep(version(1), folder)
        except BaseException as error:  # noqa: BLE001 - asserted below
            odd.append(error)

    threads = [threading.Thread(target=keep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert odd == []
    assert cache.find("churn_model", Identity.from_version(version(1))) is not None


def test_a_copy_that_appears_after_the_look_is_as_good(
    cache: VersionCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replica that finds no entry, and meets one when it renames, succeeds all the same."""
    put(cache, version(1), b"theirs")
    monkeypatch.setattr(Path, "exists", lambda _: False)
    put(cache, version(1), b"ours")
    found = cache.find("churn_model", Identity.from_version(version(1)))
    assert found is not None
    assert (found[1] / "model.onnx").read_bytes() == b"theirs"


def test_staging_is_locked_while_in_use(cache: VersionCache) -> None:
    """Another process sees by the lock that the folder is in use."""
    with cache.staging() as folder:
        handle = os.open(folder.parent, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(handle)
