"""Closed files move to another place."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from baton_cli import storage_location
from baton_cli.errors import CommandFailed
from baton_cli.predictions.moving import MAX_FAILURES, LogMover, Pass, list_closed_files
from baton_cli.storage_location import StorageLocation

PREDICTIONS = "model=m/version=3/date=2026-11-29"
LABELS = "labels/model=m/date=2026-11-30"
FILES = {
    f"{LABELS}/c-1.parquet": b"third",
    f"{PREDICTIONS}/a-1.parquet": b"first",
    f"{PREDICTIONS}/b-1.parquet": b"second",
}
OPEN = {
    f"{PREDICTIONS}/a-2.parquet.part": b"open",
    f"{PREDICTIONS}/.a-3.parquet": b"hidden",
    f"{LABELS}/.c-2.parquet.0a1b2c3d": b"draft",
    "notes.txt": b"of a person",
    "table.parquet": b"of a person",
    "exports/model=m/version=3/date=2026-11-29/a-1.parquet": b"of another program",
    "labels/version=3/date=2026-11-29/a-1.parquet": b"of another program",
}


def write(root: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read(root: Path) -> dict[str, bytes]:
    paths = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A log with three closed files."""
    write(tmp_path / "log", FILES | OPEN)
    (tmp_path / "log" / PREDICTIONS / "link.parquet").symlink_to("a-1.parquet")
    return tmp_path / "log"


def move(source: Path, target: StorageLocation, *, keeps: bool = False) -> Pass:
    return LogMover(source, target, keeps=keeps).move_all()


def test_closed_files_move(source: Path, tmp_path: Path) -> None:
    """They keep their names. Files that are written, and files of others, stay."""
    target = tmp_path / "target"
    size = sum(map(len, FILES.values()))
    assert move(source, StorageLocation(str(target))) == Pass(copied=3, copied_bytes=size)
    assert read(target) == FILES
    (source / PREDICTIONS / "link.parquet").unlink()
    assert read(source) == OPEN


def test_kept_files_are_copied_once(source: Path, tmp_path: Path) -> None:
    """A second pass copies nothing, and without `--keep` removes what is there."""
    target = StorageLocation(str(tmp_path / "target"))
    assert move(source, target, keeps=True).copied == 3
    assert [*list_closed_files(source)] == sorted(FILES)
    assert move(source, target, keeps=True) == Pass(present=3)
    assert move(source, target) == Pass(present=3)
    assert [*list_closed_files(source)] == []


def test_incomplete_copy_is_replaced(source: Path, tmp_path: Path) -> None:
    """A file of another size is not the copy."""
    name = f"{PREDICTIONS}/a-1.parquet"
    write(tmp_path / "target", {name: b"fir"})
    done = move(source, StorageLocation(str(tmp_path / "target")))
    assert (done.copied, done.present) == (3, 0)
    assert read(tmp_path / "target") == FILES


def test_failure_keeps_the_file(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half-written stays, and the next pass goes on."""

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "target"
    with monkeypatch.context() as patch:
        patch.setattr("baton_cli.predictions.moving.shutil.copyfileobj", fail)
        done = move(source, StorageLocation(str(target)))
    assert (done.copied, len(done.failures)) == (0, MAX_FAILURES)
    assert done.failures[0].startswith(f"cannot write {target}: No space left on device")
    assert read(target) == {}
    assert [*list_closed_files(source)] == sorted(FILES)
    assert move(source, StorageLocation(str(target))).copied == 3


def test_file_that_inference_removes_is_no_failure(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file may be too old between the list and the copy."""
    listed = [*list_closed_files(source), f"{LABELS}/gone.parquet"]
    monkeypatch.setattr("baton_cli.predictions.moving.list_closed_files", lambda _: listed)
    assert move(source, StorageLocation(str(tmp_path / "target"))).failures == ()


def test_missing_folder(tmp_path: Path) -> None:
    """One line that names the option."""
    with pytest.raises(CommandFailed, match=r"there is no folder .*--from DIR"):
        move(tmp_path / "none", StorageLocation(str(tmp_path / "target")))


class Store(MemoryFileSystem):  # type: ignore[misc]
    """An object store in memory.

    Attributes:
        fails: makes uploads incomplete.
        refused: names of files that it does not take.
        uploads: the names of the files that it was given.
    """

    protocol = "s3"
    cachable = False
    fails = False
    refused: Collection[str] = ()

    def __init__(self) -> None:
        super().__init__()
        self.uploads: list[str] = []

    def put_file(self, lpath: str, rpath: str, *_: Any, **__: Any) -> None:
        name = Path(lpath).name
        self.uploads.append(name)
        if name in self.refused:
            raise PermissionError(name)
        content = Path(lpath).read_bytes()
        self.pipe_file(rpath, content[:-1] if self.fails else content)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store that s3:// means."""
    assert "s3" in storage_location.PACKAGES
    filesystem = Store()
    filesystem.store.clear()
    found = (filesystem, "/bucket/log")
    monkeypatch.setattr(fsspec.core, "url_to_fs", lambda *_, **__: found)
    return filesystem


def test_files_move_to_an_object_store(source: Path, store: Store) -> None:
    """As to a folder, and nothing is uploaded twice."""
    target = StorageLocation("s3://bucket/log")
    assert move(source, target, keeps=True).copied == 3
    stored = {name: store.cat_file(f"/bucket/log/{name}") for name in FILES}
    assert stored == FILES
    assert move(source, target) == Pass(present=3)
    assert [*list_closed_files(source)] == []


def test_incomplete_upload_is_a_failure(source: Path, store: Store) -> None:
    """The file stays here until all of it is there."""
    store.fails = True
    done = move(source, StorageLocation("s3://bucket/log"))
    assert (done.copied, len(done.failures)) == (0, MAX_FAILURES)
    assert "has not the size" in done.failures[0]
    assert [*list_closed_files(source)] == sorted(FILES)


def test_files_that_failed_are_last(source: Path, store: Store) -> None:
    """Whatever their number, every other file moves, and each of them has its turn."""
    store.refused = [f"a-{number}0.parquet" for number in range(2 * MAX_FAILURES)]
    write(source, {f"{LABELS}/{name}": b"bad" for name in store.refused})
    mover = LogMover(source, StorageLocation("s3://bucket/log"), keeps=False)
    passes = [mover.move_all() for _ in range(4)]
    assert [each.copied for each in passes] == [0, 0, len(FILES), 0]
    assert [len(each.failures) for each in passes] == [MAX_FAILURES] * 4
    failed = [name for name in store.uploads if name in store.refused]
    assert failed == [*store.refused, *store.refused]


def test_files_that_cannot_be_read_keep_no_others_here(
    source: Path, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that runs once moves them, too: only failures of the place end a pass."""
    bad = [f"{LABELS}/a-{number}.parquet" for number in range(2 * MAX_FAILURES)]
    write(source, dict.fromkeys(bad, b"bad"))
    open_file = Path.open

    def refuse(path: Path, *args: Any, **options: Any) -> Any:
        if str(path.relative_to(source if path.is_relative_to(source) else "/")) in bad:
            raise PermissionError(13, "Permission denied")
        return open_file(path, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    for target in (tmp_path / "target", "s3://bucket/log"):
        done = move(source, StorageLocation(str(target)), keeps=True)
        assert (done.copied, len(done.failures)) == (3, len(bad))
        assert (
            done.failures[0] == f"cannot move {source / bad[0]}: Permission denied; it stays here"
        )


def test_incomplete_uploads_keep_no_others_here(source: Path, store: Store) -> None:
    """Each of them is noted."""
    write(source, {f"{LABELS}/d-{number}.parquet": b"more" for number in range(MAX_FAILURES)})
    store.fails = True
    done = move(source, StorageLocation("s3://bucket/log"))
    assert len(done.failures) == MAX_FAILURES + len(FILES)
