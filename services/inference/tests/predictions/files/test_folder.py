"""The folder of the log."""

import fcntl
import os
import time
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import pytest

from baton_common.prediction_log import build_labels_folder, build_predictions_folder
from baton_inference.predictions.files.folder import FORGOTTEN_S, LogFolder, Removals
from tests.support.fakes.locked_folders import lock_folders

TODAY = date(2026, 11, 30)
FOLDER = build_predictions_folder("churn_model", "1", TODAY)
PROCESS = "0123456789abcdef"


def fill(directory: Path, count: int, *, day: date = TODAY, size: int = 1000) -> list[Path]:
    """Writes files, each a second newer than the one before."""
    folder = LogFolder(directory, 2**30, 30)
    where = build_predictions_folder("churn_model", "1", day)
    files = []
    for number in range(count):
        folder.write(where, f"{PROCESS}-{number}.parquet", bytes(size))
        files.append(directory / where / f"{PROCESS}-{number}.parquet")
        at = 1_700_000_000 + number
        os.utime(files[-1], (at, at))
    return files


def test_a_file_appears_whole(tmp_path: Path) -> None:
    """Its folders are for the owner and the group only, and no part is left."""
    folder = LogFolder(tmp_path / "log", 2**30, 30)
    folder.write(FOLDER, f"{PROCESS}-1.parquet", b"content")
    file = tmp_path / "log" / FOLDER / f"{PROCESS}-1.parquet"
    assert file.read_bytes() == b"content"
    assert [*file.parent.iterdir()] == [file]
    assert (folder.files, folder.bytes) == (1, 7)
    assert not (file.stat().st_mode | (tmp_path / "log").stat().st_mode) & 0o007


def test_the_oldest_files_go_when_there_are_too_many_bytes(tmp_path: Path) -> None:
    files = fill(tmp_path, 10)
    folder = LogFolder(tmp_path, 4500, 30)
    assert folder.tidy(TODAY) == Removals(by_bytes=6)
    assert [each.exists() for each in files] == [False] * 6 + [True] * 4
    assert (folder.files, folder.bytes) == (4, 4000)
    assert folder.tidy(TODAY) == Removals()


def test_old_days_go_with_their_folders(tmp_path: Path) -> None:
    """A file is kept for so many days after its own."""
    fill(tmp_path, 2, day=date(2026, 10, 30))
    fill(tmp_path, 1, day=date(2026, 10, 31))
    folder = LogFolder(tmp_path, 2**30, 30)
    assert folder.tidy(TODAY) == Removals(by_days=2)
    assert [each.name for each in (tmp_path / FOLDER).parent.iterdir()] == ["date=2026-10-31"]
    assert folder.tidy(date(2027, 1, 1)) == Removals(by_days=1)
    assert [*tmp_path.iterdir()] == []


def test_files_of_others_stay(tmp_path: Path) -> None:
    """Only files with the names that Baton gives are removed: no labels, no copies, no links."""
    [own] = fill(tmp_path, 1)
    kept = [
        tmp_path / "labels" / FOLDER / f"{PROCESS}-1.parquet",
        own.with_name("compacted.parquet"),
        own.with_name(f"{PROCESS}-1.parquet.bak"),
        own.parent / "notes" / f"{PROCESS}-1.parquet",
        tmp_path / "model=a" / "version=1" / "date=whenever" / f"{PROCESS}-1.parquet",
        tmp_path / f"{PROCESS}-1.parquet",
    ]
    for each in kept:
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_bytes(bytes(1000))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / f"{PROCESS}-9.parquet").write_bytes(b"x")
    (own.parent.parent / "date=2020-01-01").symlink_to(tmp_path / "outside")
    (own.parent / f"{PROCESS}-8.parquet").symlink_to(kept[0])
    assert LogFolder(tmp_path, 0, 30).tidy(TODAY) == Removals(by_bytes=1)
    assert all(each.exists() for each in kept)
    assert (tmp_path / "outside" / f"{PROCESS}-9.parquet").exists()


def test_old_labels_go_with_the_predictions(tmp_path: Path) -> None:
    """Also if no label arrives any more. The labels of later days, and other folders, stay."""
    days = [tmp_path / build_labels_folder("m", date(2026, 10, day)) for day in (30, 31)]
    strange = days[0].with_name("date=never")
    for folder in (*days, strange):
        folder.mkdir(parents=True)
        (folder / f"{PROCESS}-1.parquet").write_bytes(b"labels")
    assert LogFolder(tmp_path, 0, 30).tidy(TODAY) == Removals()
    assert [each.exists() for each in (*days, strange)] == [False, True, True]
    assert [*days[1].iterdir()] != []


def test_parts_of_dead_processes_go(tmp_path: Path) -> None:
    """A part that is locked belongs to a living process, unless it is very old."""
    [file] = fill(tmp_path, 1)
    dead, alive, forgotten = (
        file.with_name(f"{PROCESS}-{number}.parquet.part") for number in (7, 8, 9)
    )
    for each in (dead, alive, forgotten):
        each.write_bytes(b"half")
    old = time.time() - FORGOTTEN_S - 1
    os.utime(forgotten, (old, old))
    locks = [os.open(each, os.O_RDONLY) for each in (alive, forgotten)]
    for lock in locks:
        fcntl.flock(lock, fcntl.LOCK_EX)
    LogFolder(tmp_path, 2**30, 30).tidy(TODAY)
    assert [each.exists() for each in (file, dead, alive, forgotten)] == [True, False, True, False]
    for lock in locks:
        os.close(lock)


def test_a_failed_write_leaves_no_part(tmp_path: Path) -> None:
    """Here a folder has the file's name."""
    folder = LogFolder(tmp_path, 2**30, 30)
    (tmp_path / FOLDER / f"{PROCESS}-1.parquet" / "occupied").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        folder.write(FOLDER, f"{PROCESS}-1.parquet", b"content")
    assert not [*(tmp_path / FOLDER).glob("*.part")]
    assert folder.files == 0


def test_an_empty_or_missing_folder_is_tidy(tmp_path: Path) -> None:
    assert LogFolder(tmp_path / "missing", 0, 1).tidy(TODAY) == Removals()
    assert not (tmp_path / "missing").exists()


def test_names_are_escaped(tmp_path: Path) -> None:
    """A model's name may hold characters that paths may not."""
    day = datetime.now(UTC).date()
    where = build_predictions_folder("a=b/../c", "1", day)
    LogFolder(tmp_path, 2**30, 30).write(where, f"{PROCESS}-1.parquet", b"x")
    [file] = tmp_path.rglob("*.parquet")
    assert len(PurePosixPath(file.relative_to(tmp_path)).parts) == 4
    assert LogFolder(tmp_path, 0, 30).tidy(day) == Removals(by_bytes=1)


def test_a_listing_rests_after_each_day(tmp_path: Path) -> None:
    """Listing many files would keep the interpreter's lock from the event loop."""
    for day in (28, 29, 30):
        fill(tmp_path, 2, day=date(2026, 11, day))
    rests: list[None] = []
    LogFolder(tmp_path, 2**30, 30, lambda: rests.append(None)).tidy(TODAY)
    assert len(rests) == 3


def test_a_folder_that_cannot_be_read_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bounds are kept on all other files: labels, and another model, are no reason to stop."""
    files = fill(tmp_path, 10)
    locked = [tmp_path / "labels", tmp_path / "model=other", files[0].parents[1] / "date=x"]
    for each in locked:
        each.mkdir()
    lock_folders(monkeypatch, *locked)
    folder = LogFolder(tmp_path, 4500, 30)
    assert folder.tidy(TODAY) == Removals(by_bytes=6)
    assert (folder.files, folder.bytes) == (4, 4000)
    assert folder.errors.keys() == {*locked[:2]}


def test_a_file_that_cannot_be_removed_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next older ones are removed, until the folder is within its bound."""
    [old] = fill(tmp_path, 1, day=date(2026, 1, 1), size=3000)
    files = fill(tmp_path, 3)
    old.with_name(f"{PROCESS}-7.parquet.part").write_bytes(b"half")
    unlink = os.unlink

    def refuse(path: Path, **options: int) -> None:
        if Path(path).parent == old.parent:
            raise PermissionError
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", refuse)
    folder = LogFolder(tmp_path, 4500, 30)
    assert folder.tidy(TODAY) == Removals(by_bytes=2)
    assert [each.exists() for each in files] == [False, False, True]
    assert (folder.files, folder.bytes) == (2, 4000)
    assert folder.errors.keys() == {old.parent}


def test_old_labels_that_cannot_be_removed_are_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old labels of other days go."""
    days = [tmp_path / build_labels_folder("m", date(2026, 1, day)) for day in (1, 2)]
    for day in days:
        day.mkdir(parents=True)
    lock_folders(monkeypatch, days[0])
    folder = LogFolder(tmp_path, 0, 30)
    folder.tidy(TODAY)
    assert [each.exists() for each in days] == [True, False]
    assert folder.errors.keys() == {days[0]}


def test_files_that_cannot_be_removed_do_not_drive_out_fresh_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone they are beyond the bound: a share of it stays for files that can be removed."""
    fill(tmp_path, 5, day=date(2026, 11, 29), size=1000)
    files = fill(tmp_path, 8, size=100)
    unlink = os.unlink

    def refuse(path: Path, **options: int) -> None:
        if Path(path).parent.name == "date=2026-11-29":
            raise PermissionError
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", refuse)
    folder = LogFolder(tmp_path, 3000, 30)
    assert folder.tidy(TODAY) == Removals(by_bytes=5)
    assert [each.exists() for each in files] == [False] * 5 + [True] * 3
    assert folder.tidy(TODAY) == Removals()


def test_a_log_that_cannot_be_read_keeps_its_last_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not empty."""
    fill(tmp_path, 3)
    folder = LogFolder(tmp_path, 2**30, 30)
    folder.tidy(TODAY)
    with monkeypatch.context() as patch:
        lock_folders(patch, tmp_path)
        assert folder.tidy(TODAY) == Removals()
        assert (folder.files, folder.bytes) == (3, 3000)
        assert folder.errors.keys() == {tmp_path}
    folder.tidy(TODAY)
    assert not folder.errors
