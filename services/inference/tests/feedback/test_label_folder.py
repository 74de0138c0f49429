"""Labels on disk, within their bound."""

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from structlog.testing import capture_logs

from baton_engine.labels.label import Label
from baton_inference.errors import NotStored
from baton_inference.feedback.label_folder import SHARE, LabelFolder
from baton_inference.feedback.label_merger import MERGED_FILES
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.locked_folders import lock_folders

FILE_BYTES = 3000
"""More than a file of one label has."""


class Log:
    """A folder of labels and its clock. It has room for `files` small files."""

    def __init__(self, root: Path, files: int = 1000) -> None:
        self.root = root
        self.time = ManualClock()
        self.folder = LabelFolder(
            root, "m", max_bytes=files * FILE_BYTES * SHARE, clock=self.time.clock()
        )

    def store(self, text: str = "yes") -> None:
        received_us = int(self.time.now_s * 1e6)
        self.folder.store([Label(received_us, "a-1", 0, text, None, "api")])

    @property
    def files(self) -> list[Path]:
        return sorted(self.root.rglob("*.parquet"))


def test_label_is_on_disk(tmp_path: Path) -> None:
    """A stored label can be read at once."""
    log = Log(tmp_path / "log")
    log.store()
    [file] = log.files
    assert pq.ParquetFile(file).read()["label"].to_pylist() == ["yes"]


def test_limit_counts_the_labels_of_all_processes(tmp_path: Path) -> None:
    """At the limit nothing is stored and nothing is deleted, until there is room again."""
    log, other = Log(tmp_path, files=2), Log(tmp_path, files=1000)
    log.store()
    for _ in range(3):
        other.store()
    log.time.now_s += 61  # a process measures the folder once a minute
    with capture_logs() as lines, pytest.raises(NotStored, match="baton predictions push"):
        log.store()
    assert [line["event"] for line in lines] == ["labels cannot be stored"]
    assert len(log.files) == 4
    with capture_logs() as lines, pytest.raises(NotStored):
        log.store()
    assert lines == []  # at most one line a minute
    for file in log.files[1:]:
        file.unlink()
    log.time.now_s += 61
    log.store()
    assert len(log.files) == 2


def test_full_folder_is_not_listed_for_each_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a minute is enough, also while every label is refused."""
    log, measured = Log(tmp_path, files=0), list[LabelFolder]()
    measure = LabelFolder._measure

    def count(folder: LabelFolder) -> None:
        measured.append(folder)
        measure(folder)

    monkeypatch.setattr(LabelFolder, "_measure", count)
    for _ in range(100):
        log.time.now_s += 1
        with pytest.raises(NotStored):
            log.store()
    assert len(measured) == 2


def test_steady_labels_never_reach_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request each second: what counts is the labels, not how many requests they came in."""
    monkeypatch.setattr(os, "fsync", lambda _: None)  # of a thousand files
    log = Log(tmp_path, files=3 * MERGED_FILES)
    for second in range(12 * MERGED_FILES):
        log.time.now_s += 1
        log.store(str(second))
    texts = {pq.ParquetFile(file).read()["label"][-1].as_py() for file in log.files}
    assert str(12 * MERGED_FILES - 1) in texts


def test_unwritable_folder_is_reported_without_its_path(tmp_path: Path) -> None:
    """The caller learns the reason, not where the files are."""
    (tmp_path / "log").write_text("a file, not a folder")
    log = Log(tmp_path / "log")
    with capture_logs() as lines, pytest.raises(NotStored, match="cannot be written") as caught:
        log.store()
    assert str(tmp_path) not in str(caught.value)
    assert lines[0]["log_level"] == "error"


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    """A folder without a date is measured, and never deleted."""
    strange = tmp_path / "labels" / "model=m" / "date=never"
    strange.mkdir(parents=True)
    (strange / "link").symlink_to("nowhere")
    log = Log(tmp_path)
    log.store()
    assert strange.is_dir()


def test_folder_that_cannot_be_read_stops_no_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One day, or another model, of another user. It is reported once, and does not count."""
    locked = [tmp_path / "labels" / name for name in ("model=m/date=2026-01-01", "model=other")]
    for folder in locked:
        folder.mkdir(parents=True)
    lock_folders(monkeypatch, *locked)
    log = Log(tmp_path, files=2)
    with capture_logs() as lines:
        for _ in range(2):
            log.store()
            log.time.now_s += 61
        (log.files[0].parent / "large.parquet").write_bytes(bytes(2 * FILE_BYTES))
        with pytest.raises(NotStored, match="limit"):
            log.store()
    line, full = lines
    assert (line["log_level"], line["folders"]) == ("warning", [*map(str, locked)])
    assert full["event"] == "labels cannot be stored"


def test_labels_behind_links_count(tmp_path: Path) -> None:
    """A folder may be on another disk. A link that leads nowhere, or to itself, is left out."""
    log = Log(tmp_path / "log", files=2)
    log.store()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a-1.parquet").write_bytes(bytes(2 * FILE_BYTES))
    day = log.files[0].parent
    day.with_name("date=2020-01-01").symlink_to(elsewhere)
    day.with_name("date=2020-01-02").symlink_to(tmp_path / "nowhere")
    day.with_name("date=2020-01-03").symlink_to(day.with_name("date=2020-01-03"))
    log.time.now_s += 61
    with pytest.raises(NotStored, match="limit"):
        log.store()
