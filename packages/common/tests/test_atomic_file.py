"""Files that appear whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from baton_common.atomic_file import open_atomic, write_atomic


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_old_content_stays_until_the_new_is_complete(tmp_path: Path) -> None:
    """A reader sees the one or the other; the folder holds nothing else afterwards."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with open_atomic(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_behind(tmp_path: Path, failure: BaseException) -> None:
    """The old file stays as it was, and no draft lies beside it."""
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


def test_a_secret_is_private_from_its_first_moment(tmp_path: Path) -> None:
    """While it is written, too; even if it replaces a file that everybody may read."""
    path = tmp_path / "file"
    path.touch(mode=0o644)
    with open_atomic(path, mode=0o600):
        assert {mode_of(each) for each in tmp_path.iterdir() if each != path} == {0o600}
    assert mode_of(path) == 0o600


def test_permissions_stay_or_are_those_of_any_new_file(tmp_path: Path) -> None:
    """Those of the file that is replaced, else what the umask leaves."""
    old, new, plain = tmp_path / "old", tmp_path / "new", tmp_path / "plain"
    old.touch()
    old.chmod(0o640)
    plain.touch()
    for path in (old, new):
        write_atomic(path, b"content")
    assert (mode_of(old), mode_of(new)) == (0o640, mode_of(plain))


def test_the_content_is_on_the_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut cannot leave an empty file under the name."""
    path, seen = tmp_path / "file", list[bool]()
    sync = os.fsync

    def observed(handle: int) -> None:
        sync(handle)
        seen.append(path.exists())

    monkeypatch.setattr(os, "fsync", observed)
    write_atomic(path, b"content")
    assert seen == [False]
