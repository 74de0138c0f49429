"""Atomic file writes."""

import os
import stat
from pathlib import Path

import pytest

from baton_common.atomic_file import open_atomic, write_atomic


def get_mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_old_content_stays_until_new_content_is_complete(tmp_path: Path) -> None:
    """No draft remains in the folder."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with open_atomic(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_failure_keeps_the_old_file(tmp_path: Path, failure: BaseException) -> None:
    """No draft remains in the folder."""
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def write() -> None:
        with open_atomic(path) as file:
            file.write(b"half")
            raise failure

    with pytest.raises(type(failure)):
        write()
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_draft_with_a_mode_is_private(tmp_path: Path) -> None:
    """Also if it replaces a world-readable file."""
    path = tmp_path / "file"
    path.touch(mode=0o644)
    with open_atomic(path, mode=0o600):
        assert {get_mode(each) for each in tmp_path.iterdir() if each != path} == {0o600}
    assert get_mode(path) == 0o600


def test_permissions_are_kept(tmp_path: Path) -> None:
    """A replaced file keeps its permissions; a new file gets the default."""
    old, new, plain = tmp_path / "old", tmp_path / "new", tmp_path / "plain"
    old.touch()
    old.chmod(0o640)
    plain.touch()
    for path in (old, new):
        write_atomic(path, b"content")
    assert (get_mode(old), get_mode(new)) == (0o640, get_mode(plain))


def test_content_is_synced_before_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut cannot leave an empty file."""
    path, existed = tmp_path / "file", list[bool]()
    sync = os.fsync

    def record_sync(handle: int) -> None:
        sync(handle)
        existed.append(path.exists())

    monkeypatch.setattr(os, "fsync", record_sync)
    write_atomic(path, b"content")
    assert existed == [False]
