"""Labels on disk, within bounds."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from structlog.testing import capture_logs

from baton_engine.labels.label import Label
from baton_inference.errors import NotStored
from baton_inference.feedback.label_folder import BLOCK_BYTES, SHARE, LabelFolder
from tests.support.fakes.clock import ManualClock

DAY_S = 86_400


class Log:
    """A folder of labels and its clock. It has room for `files` small files."""

    def __init__(self, root: Path, files: int = 1000) -> None:
        self.root = root
        self.time = ManualClock()
        self.folder = LabelFolder(
            root, "m", max_bytes=files * BLOCK_BYTES * SHARE, days=30, clock=self.time.clock()
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
    other.store()
    other.store()
    log.time.now_s += 61  # a process measures the folder once a minute
    with capture_logs() as lines, pytest.raises(NotStored, match="baton predictions push"):
        log.store()
    assert [line["event"] for line in lines] == ["labels cannot be stored"]
    assert len(log.files) == 3
    with capture_logs() as lines, pytest.raises(NotStored):
        log.store()
    assert lines == []  # at most one line a minute
    log.files[0].unlink()
    log.files[0].unlink()
    log.store()
    assert len(log.files) == 2


def test_old_labels_are_deleted(tmp_path: Path) -> None:
    """Labels stay for as many days as the log keeps predictions; other folders stay."""
    log = Log(tmp_path)
    log.store("old")
    predictions = tmp_path / "model=m" / "version=1" / "date=1970-01-01"
    predictions.mkdir(parents=True)
    log.time.now_s += 30 * DAY_S
    log.store("new")
    assert len(log.files) == 2
    log.time.now_s += DAY_S
    log.store("newer")
    assert [pq.ParquetFile(file).read()["label"][0].as_py() for file in log.files] == [
        "new",
        "newer",
    ]
    assert predictions.is_dir()


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
