"""The log as a whole, driven by hand: when files are closed, and what a failing disk costs."""

import errno
import threading
import time
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from baton_common.prediction_log import build_labels_folder
from baton_inference.predictions import queue as queue_module
from baton_inference.predictions.files import disk as disk_module
from baton_inference.predictions.files.disk import RETRY_S
from baton_inference.predictions.files.folder import LogFolder
from baton_inference.predictions.files.open_file import MAX_AGE_S, MAX_ROWS
from baton_inference.predictions.logged_request import LoggedRequest
from baton_inference.predictions.prediction_log import TAKE_S, WAIT_S, PredictionLog
from baton_inference.predictions.queue import MANY_ROWS
from baton_inference.scoring.observer import OtherAnswer
from tests.support.fakes.locked_folders import lock_folders
from tests.support.fakes.predictions import (
    ManualLog,
    check_readable,
    list_files,
    make_logged_version,
    make_scores,
    read_rows,
)

ROW = (1.5, 2, "a")
QUICK = 100_000
LIMIT_S = 20.0


def answer_many(log: ManualLog, rows: int, **facts: Any) -> None:
    """Answers requests of a thousand rows each."""
    columns = {"x": np.arange(1000.0), "n": np.arange(1000), "note": np.array(["a"] * 1000, object)}
    for _ in range(rows // 1000):
        log.answer(columns=columns, **facts)


def test_rows_wait_for_their_pair_and_files_for_their_age(tmp_path: Path) -> None:
    """Rows are converted after 10 to 15 seconds; the file is closed after 15 minutes."""
    log = ManualLog(tmp_path)
    log.answer(ROW)
    log.wait(WAIT_S - 1)
    assert log.log.queue.waiting_rows == 1
    log.wait(TAKE_S)
    assert log.log.queue.waiting_rows == 0
    log.wait(MAX_AGE_S - 1)
    assert list_files(tmp_path) == []
    assert not tmp_path.exists() or [*tmp_path.iterdir()] == []
    log.wait(1)
    assert len(read_rows(tmp_path)) == log.log.counts.written == 1


def test_each_row_waits_by_its_own_age(tmp_path: Path) -> None:
    """The other version answers late, also to rows that came just before others are taken."""
    canary = make_logged_version("2")
    log = ManualLog(tmp_path, canary=canary)
    late_s = round(WAIT_S) - 1
    requests = list[LoggedRequest]()
    for _ in range(60):
        request = log.answer(ROW)
        assert request is not None
        requests.append(request)
        log.wait(1)
        if len(requests) >= late_s:
            requests[-late_s].other = OtherAnswer(0, canary, make_scores(1))
        assert log.log.queue.waiting_rows <= WAIT_S + TAKE_S
    others = [row["other_version"] for row in log.finish()]
    assert others == ["2"] * (61 - late_s) + [None] * (late_s - 1)


def test_many_rows_do_not_wait(tmp_path: Path) -> None:
    """The oldest leave early. And a file has about 50,000 rows."""
    log = ManualLog(tmp_path, rows_per_s=QUICK)
    answer_many(log, MANY_ROWS)
    log.wait(0.25)
    assert log.log.queue.waiting_rows == MANY_ROWS
    for _ in range(6):
        answer_many(log, 10_000)
        log.wait(0.25)
        assert log.log.queue.waiting_rows == MANY_ROWS
    [file] = list_files(tmp_path)
    assert len(read_rows(tmp_path)) == log.log.counts.written == MAX_ROWS
    assert len(log.finish()) == MANY_ROWS + 60_000
    assert file.exists()


def test_each_version_and_day_has_its_file(tmp_path: Path) -> None:
    canary = make_logged_version("2")
    log = ManualLog(tmp_path, canary=canary)
    log.clock.now_s = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC).timestamp()
    log.answer(ROW)
    log.answer(ROW, version=canary, alias="canary")
    log.clock.now_s += 2
    log.answer(ROW)
    log.finish()
    assert {str(each.parent.relative_to(tmp_path)) for each in list_files(tmp_path)} == {
        "model=churn_model/version=1/date=2026-11-30",
        "model=churn_model/version=1/date=2026-12-01",
        "model=churn_model/version=2/date=2026-11-30",
    }


def test_the_file_of_a_version_that_is_not_live_is_closed(tmp_path: Path) -> None:
    """With its last rows, which wait for no other version any more."""
    log = ManualLog(tmp_path)
    log.answer(ROW)
    log.wait()
    log.answer(ROW)
    log.live.swap(make_logged_version("2"))
    log.wait(0.25)
    log.answer(ROW)  # a request that was under way
    log.wait(0.25)
    assert [*map(len, map(check_readable, list_files(tmp_path)))] == [2, 1]


def test_old_labels_are_removed_without_any_request(tmp_path: Path) -> None:
    """Once a minute."""
    log = ManualLog(tmp_path)
    old = tmp_path / build_labels_folder("churn_model", datetime.fromtimestamp(0, UTC).date())
    old.mkdir(parents=True)
    log.wait()
    assert old.exists()
    log.wait(31 * 86_400)
    assert not old.exists()


def test_a_row_that_cannot_be_converted_costs_only_itself(tmp_path: Path) -> None:
    """The log goes on, and its line has no value of a row."""
    log = ManualLog(tmp_path)
    log.answer(ROW)
    log.answer(("not a number", 1, "a"))
    log.answer(ROW)
    with capture_logs() as lines:
        assert len(log.finish()) == 2
    assert log.log.counts.unusable == 1
    [line] = [each for each in lines if each["log_level"] == "error"]
    assert "not a number" not in str(line)


def test_the_first_file_of_a_version_is_described(tmp_path: Path) -> None:
    """What is logged, and which chosen columns do not exist."""
    log = ManualLog(
        tmp_path,
        make_logged_version(private=frozenset({"n"})),
        columns=frozenset({"x", "n", "typo"}),
    )
    with capture_logs() as lines:
        for _ in range(3):
            log.answer(ROW)
            log.wait()
    described, unknown = lines
    assert (described["version"], described["features"]) == ("1", 1)
    assert unknown["columns"] == ["typo"]


def test_an_unwritable_folder_costs_nothing_if_it_recovers(tmp_path: Path) -> None:
    """Files wait in memory. One line when it fails, one a minute, one when it recovers."""
    blocked = tmp_path / "log"
    blocked.write_text("a file where the folder should be")
    log = ManualLog(blocked)
    with capture_logs() as lines:
        log.answer(ROW)
        log.wait()
        log.wait(MAX_AGE_S)
        for _ in range(20):
            log.answer(ROW)
            log.wait(RETRY_S)
        assert log.log.counts.failures > 15
        errors = [each for each in lines if each["log_level"] == "error"]
        assert 3 <= len(errors) <= 5
        assert errors[0]["reason"] == "Not a directory"
        blocked.unlink()
        log.wait(RETRY_S)
    assert lines[-1]["event"] == "the prediction log is written again"
    assert len(log.finish()) == log.log.counts.written == 21
    assert log.log.counts.undone == 0


def test_files_wait_for_the_disk_within_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest are dropped and counted."""
    monkeypatch.setattr(disk_module, "MAX_UNWRITTEN_BYTES", 10_000)
    blocked = tmp_path / "log"
    blocked.write_text("")
    log = ManualLog(blocked)
    for number in range(20):
        log.answer(ROW, request_id=f"{number}")
        log.wait()
        log.live.swap(make_logged_version("2"))
        log.wait(0.25)
        log.live.swap(log.version)
    assert 10 < log.log.counts.undone < 20
    blocked.unlink()
    kept = [row["request_id"] for row in log.finish()]
    assert kept == [f"{number}" for number in range(log.log.counts.undone, 20)]


def test_the_bounds_are_kept_while_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old files are what fills a disk that is full."""
    log = ManualLog(tmp_path)
    log.answer(ROW)
    log.finish()
    monkeypatch.setattr(LogFolder, "write", _refuse)
    log.answer(ROW)
    log.wait()
    log.wait(31 * 86_400)
    assert log.log.counts.failures > 0
    assert list_files(tmp_path) == []


def test_one_folder_that_cannot_be_written_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files wait, and are written when it recovers."""
    other = make_logged_version("2")
    log = ManualLog(tmp_path, canary=other)
    (tmp_path / "model=churn_model" / "version=2").mkdir(parents=True)
    with monkeypatch.context() as patch:
        lock_folders(patch, tmp_path / "model=churn_model")
        log.answer(ROW)
        log.answer(ROW, version=other, alias="canary")
        log.wait()
        log.wait(MAX_AGE_S)
        assert (log.log.counts.written, log.log.counts.failures) == (1, 1)
    assert [row["alias"] for row in read_rows(tmp_path)] == ["canary"]
    log.wait(RETRY_S)
    assert log.log.counts.written == 2


def test_a_folder_that_cannot_be_tidied_is_reported_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no failure to write: rows are written as before."""
    labels = tmp_path / "labels"
    labels.mkdir()
    log = ManualLog(tmp_path)
    lock_folders(monkeypatch, labels)
    with capture_logs() as lines:
        for _ in range(3):
            log.answer(ROW)
            log.wait()
            log.wait(MAX_AGE_S)
    [line] = [each for each in lines if each["log_level"] != "info"]
    assert line["folders"] == [str(labels)]
    assert line["reason"] == "Permission denied"
    assert (log.log.counts.written, log.log.counts.failures) == (3, 0)


def _refuse(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_rows_that_cannot_be_written_at_the_end_are_counted(tmp_path: Path) -> None:
    blocked = tmp_path / "log"
    blocked.write_text("")
    log = ManualLog(blocked)
    log.answer(ROW, ROW)
    log.log.finish()
    assert log.log.counts.undone == 2


def test_a_slow_disk_fills_the_queue_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a write blocks, rows are dropped and counted; afterwards the rest is written."""
    monkeypatch.setattr(queue_module, "MAX_WAITING_ROWS", 50)
    release, blocks = threading.Event(), threading.Event()
    write = LogFolder.write

    def write_slowly(folder: LogFolder, where: PurePosixPath, name: str, content: bytes) -> None:
        blocks.set()
        assert release.wait(LIMIT_S)
        write(folder, where, name, content)

    monkeypatch.setattr(LogFolder, "write", write_slowly)
    log = ManualLog(tmp_path)
    log.answer(ROW)
    log.wait()
    log.live.swap(make_logged_version("2"))
    log.log.start()
    assert blocks.wait(LIMIT_S)
    started_s = time.perf_counter()
    for _ in range(200):
        log.answer(ROW)
    assert time.perf_counter() - started_s < 1
    assert log.log.queue.dropped == 150
    log.log.stop()
    log.log.join(0.05)
    assert log.log.is_running
    release.set()
    log.log.join(LIMIT_S)
    assert len(read_rows(tmp_path)) == 51


def test_a_stop_writes_everything_at_once(tmp_path: Path) -> None:
    """50,000 rows within the two seconds that a shutdown grants."""
    log = ManualLog(tmp_path, rows_per_s=QUICK)
    answer_many(log, 19_000)
    log.wait(0.25)
    answer_many(log, 15_000)
    log.log.start()
    started_s = time.perf_counter()
    log.log.stop()
    log.log.join(LIMIT_S)
    assert time.perf_counter() - started_s < 2
    assert len(read_rows(tmp_path)) == 34_000


def test_an_unexpected_error_does_not_end_the_thread(tmp_path: Path) -> None:
    """It is logged without its text."""
    log = ManualLog(tmp_path)

    text = "a value of a row"

    class Broken(PredictionLog):
        def step(self) -> None:
            raise RuntimeError(text)

    with capture_logs() as lines:
        assert not Broken._run_safely(Broken.step.__get__(log.log))
    assert text not in str(lines)
    assert "RuntimeError" in str(lines)
