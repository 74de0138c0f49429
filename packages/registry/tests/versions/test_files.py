"""Reading files safely."""

import os
from pathlib import Path

import pytest

from baton_registry.versions.files import read_file


def test_file_below_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(b"content")
    assert read_file(tmp_path, "a/b/c") == b"content"
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path, "a/b/d")


def test_links_are_rejected(tmp_path: Path) -> None:
    """As the file, as a folder on the way, or as the folder itself."""
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


def test_special_and_large_files_are_rejected(tmp_path: Path) -> None:
    """A pipe would block."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "large").write_bytes(b"12345")
    for path in ("pipe", "folder", "large"):
        with pytest.raises(OSError, match="regular file"):
            read_file(tmp_path, path, max_bytes=4)


def find_free_handle() -> int:
    """Returns the lowest free handle."""
    handle = os.open(os.devnull, os.O_RDONLY)
    os.close(handle)
    return handle


def test_all_handles_are_closed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(b"")
    before = find_free_handle()
    read_file(tmp_path, "a/file")
    for path in ("a/none", "none/file", "a"):
        with pytest.raises(OSError, match=r"none|regular"):
            read_file(tmp_path, path)
    assert find_free_handle() == before
