"""Small files of labels become one, and no label is ever in none."""

import os
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from baton_engine.labels.label import Label
from baton_engine.labels.label_file import LabelWriter
from baton_inference.feedback.label_merger import (
    MERGED_FILES,
    MERGED_LABELS,
    SMALL_LABELS,
    LabelMerger,
)

DAY_US = 86_400 * 1_000_000


class Log:
    """A log into which labels are written, some at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.merger = LabelMerger(LabelWriter(root, "m"))
        self.written: list[str] = []

    def write(self, count: int = 1, *, received_us: int = 0) -> None:
        labels = [
            Label(received_us, str(len(self.written) + number), 0, "yes", None, "api")
            for number in range(count)
        ]
        size = self.merger.write(labels)
        self.written += (label.request_id for label in labels)
        assert size > 0

    @property
    def files(self) -> list[Path]:
        return [*self.root.rglob("*.parquet")]

    def count_ids(self) -> Counter[str]:
        """Counts the files in which each label is."""
        return Counter(each for file in self.files for each in read_ids(file))


def read_ids(file: Path) -> list[str]:
    ids: list[str] = pq.ParquetFile(file).read()["request_id"].to_pylist()
    return ids


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    """An empty log. Thousands of files are written, so none is synced."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return Log(tmp_path)


def test_small_files_are_merged(log: Log) -> None:
    """There are never many, each label is in one or two of them, and merged files stay."""
    for _ in range(MERGED_LABELS + 3 * MERGED_FILES):
        log.write()
        assert len(log.files) <= 2 * (MERGED_FILES + 2)
    found = log.count_ids()
    assert {*found} == {*log.written}
    assert {*found.values()} <= {1, 2}
    sizes = sorted(len(read_ids(file)) for file in log.files)
    assert sizes[-1] < MERGED_LABELS + MERGED_FILES
    assert sum(size >= MERGED_LABELS for size in sizes) == 1
    assert [*log.root.rglob(".*")] == []


def test_reader_misses_no_label(log: Log) -> None:
    """It lists the folder, reads a minute later, and skips the files that are gone."""
    ids: dict[Path, list[str]] = {}
    listed: list[list[Path]] = []
    for number in range(5 * MERGED_FILES):
        log.write()
        listed.append(log.files)
        ids |= {file: read_ids(file) for file in listed[-1] if file not in ids}
        if number >= MERGED_FILES:
            found = {each for file in listed[-MERGED_FILES] if file.exists() for each in ids[file]}
            assert found >= {*log.written[: number - MERGED_FILES + 2]}


def test_files_that_are_not_small_stay(log: Log) -> None:
    """Merging them would save little."""
    for _ in range(MERGED_FILES + 1):
        log.write(SMALL_LABELS + 1)
    assert len(log.files) == MERGED_FILES + 1


def test_labels_that_were_moved_away_do_not_come_back(log: Log) -> None:
    """`baton predictions push` has them; of the others each stays."""
    for _ in range(MERGED_FILES):
        log.write()
    for file in log.files:
        file.unlink()
    for _ in range(3 * MERGED_FILES):
        log.write()
    assert {*log.count_ids()} == {*log.written[MERGED_FILES:]}


def test_few_files_that_are_left_are_not_merged(log: Log) -> None:
    """While all files are moved away soon, a merged one would only be a copy."""
    for number in range(3 * MERGED_FILES):
        log.write()
        if number % 10 == 0:
            for file in log.files:
                assert len(read_ids(file)) == 1
                file.unlink()


def test_each_day_keeps_its_labels(log: Log) -> None:
    """At midnight the small files of the day before stay as they are."""
    for received_us in (0, DAY_US):
        for _ in range(MERGED_FILES):
            log.write(received_us=received_us)
    days = sorted((log.root / "labels" / "model=m").iterdir())
    assert [len([*day.iterdir()]) for day in days] == [MERGED_FILES] * 2
    ids = [{each for file in day.iterdir() for each in read_ids(file)} for day in days]
    assert ids == [{*log.written[:MERGED_FILES]}, {*log.written[MERGED_FILES:]}]


def test_failed_merge_costs_nothing(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """The labels are stored, the small files stay, and the next merge is one of later files."""
    for _ in range(MERGED_FILES):
        log.write()
    syncs = iter(range(100))

    def fail_later(_: int) -> None:
        if next(syncs) > 1:  # the first two: the label's own file, and its name
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail_later)
        log.write()
        assert next(syncs) > 2
    assert len(log.files) == MERGED_FILES + 1
    for _ in range(MERGED_FILES + 1):
        log.write()
    assert {*log.count_ids()} == {*log.written}
    assert max(len(read_ids(file)) for file in log.files) == MERGED_FILES + 1
