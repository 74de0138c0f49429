"""Files on this disk, read only where they are what they seem."""

import os
from pathlib import Path

import pytest

from baton_registry.versions.files import read_file


def test_reads_a_file_below_a_folder(tmp_path: Path) -> None:
    """A file is read whole, however deep it is."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(b"content")
    assert read_file(tmp_path, "a/b/c") == b"content"
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path, "a/b/d")


def test_follows_no_link(tmp_path: Path) -> None:
    """Neither the file, nor a folder on the way, nor the folder itself may be a link."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_bytes(b"content")
    (tmp_path / "real" / "link").symlink_to("file")
    (tmp_path / "folder").symlink_to("real")
    for directory, path in (
        (tmp_path / "real", "link"),
        (tmp_path, "folder/file"),
        (tmp_path / "folder", "file"),
    ):
        with pytest.raises(OSError, match=r"symbolic|directory"):
            read_file(directory, path)


def test_reads_nothing_that_never_ends(tmp_path: Path) -> None:
    """A pipe without a writer, a folder and a file of any size are refused at once."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "large").write_bytes(b"12345")
    for path in ("pipe", "folder", "large"):
        with pytest.raises(OSError, match="no regular file"):
            read_file(tmp_path, path, max_bytes=4)


def next_handle() -> int:
    """The lowest handle that is free."""
    handle = os.open(os.devnull, os.O_RDONLY)
    os.close(handle)
    return handle


def test_leaves_no_handle_open(tmp_path: Path) -> None:
    """Whatever comes of it, every handle is closed."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(b"")
    before = next_handle()
    read_file(tmp_path, "a/file")
    for path in ("a/none", "none/file", "a"):
        with pytest.raises(OSError, match=r"none|regular"):
            read_file(tmp_path, path)
    assert next_handle() == before
