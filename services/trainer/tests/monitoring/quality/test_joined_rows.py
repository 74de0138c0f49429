"""Labels that come late, twice, for unknown rows, or too early: the counts are exact."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from baton_trainer.monitoring.log_reader import LogReader
from baton_trainer.monitoring.quality.joined_rows import JoinedRows, join_rows
from baton_trainer.monitoring.quality.labels import TRUTH, Labels, choose_labels
from baton_trainer.monitoring.quality.logged_rows import read_logged_rows
from baton_trainer.monitoring.quality.request import QualityRequest
from tests.support.trainer.prediction_log import NOON, MadeLog

MODEL = "churn_model"
NOW = NOON + timedelta(days=40)


@pytest.fixture
def log(tmp_path: Path) -> MadeLog:
    return MadeLog(tmp_path, MODEL)


def join(log: MadeLog, **choices: Any) -> tuple[Labels, JoinedRows]:
    request = QualityRequest(log.folder, NOW, **choices)
    reader = LogReader(log.folder)
    labels = choose_labels(reader.read_labels(MODEL, since=request.since), request.trusted)
    return labels, join_rows(reader, MODEL, labels, request)


def read_truths(joined: JoinedRows, version: str) -> dict[tuple[str, int], str]:
    frame = joined.versions[version].frame
    keys = zip(frame["request_id"], frame["row"], strict=True)
    return dict(zip(keys, frame[TRUTH], strict=True))


def test_label_joins_its_row_alone(log: MadeLog) -> None:
    """By request id and row number; other rows of the request have no label."""
    log.add_predictions("3", [{"request_id": "a", "row": row, "value": 1.0} for row in range(3)])
    log.add_labels([{"request_id": "a", "row": 1, "label": "5"}])
    labels, joined = join(log)
    assert read_truths(joined, "3") == {("a", 1): "5"}
    rows = joined.versions["3"]
    assert (rows.rows, rows.ripe, rows.labelled) == (3, 3, 1)
    assert (labels.received, joined.without_prediction, joined.unripe) == (1, 0, 0)


def test_last_label_wins(log: MadeLog) -> None:
    """By its arrival, whatever the order of the files and of the rows."""
    log.add_predictions("3", [{"request_id": "a", "value": 1.0}])
    later = NOON + timedelta(days=2)
    log.add_labels([{"request_id": "a", "label": "last"}], at=later, process="a")
    log.add_labels([{"request_id": "a", "label": "first"}], process="b")
    log.add_labels(
        [{"request_id": "a", "label": "second", "received_at": NOON + timedelta(days=1)}]
    )
    labels, joined = join(log)
    assert read_truths(joined, "3") == {("a", 0): "last"}
    assert (labels.received, labels.replaced) == (3, 2)


def test_unknown_rows_are_counted(log: MadeLog) -> None:
    """Another id, or another row of a known id."""
    log.add_predictions("3", [{"request_id": "a", "value": 1.0}])
    log.add_labels([{"request_id": "x", "label": "1"}, {"request_id": "a", "row": 7, "label": "1"}])
    _, joined = join(log)
    assert joined.without_prediction == 2
    assert read_truths(joined, "3") == {}


@pytest.mark.parametrize("versions", [("3", "3"), ("3", "4")])
def test_repeated_row_joins_nothing(log: MadeLog, versions: tuple[str, str]) -> None:
    """A caller that uses an id again, also after a swap: which answer is the label about?"""
    for version in versions:
        log.add_predictions(version, [{"request_id": "a", "value": 1.0}])
    log.add_predictions("3", [{"request_id": "b", "value": 1.0}])
    log.add_labels([{"request_id": "a", "label": "1"}, {"request_id": "b", "label": "2"}])
    _, joined = join(log)
    assert (joined.repeated, joined.without_prediction, joined.unripe) == (1, 0, 0)
    assert read_truths(joined, "3") == {("b", 0): "2"}


def test_repeated_rows_without_a_label_are_not_counted(log: MadeLog) -> None:
    """They do no harm."""
    for _ in range(2):
        log.add_predictions("3", [{"request_id": "a", "value": 1.0}])
    log.add_labels([{"request_id": "b", "label": "1"}])
    assert join(log)[1].repeated == 0


def test_only_ripe_predictions_count(log: MadeLog) -> None:
    """One that is exactly as old counts; the labels of the others are counted as unripe."""
    for name, age in (("old", 30), ("new", 29)):
        at = NOW - timedelta(days=age)
        log.add_predictions("3", [{"request_id": name, "value": 1.0}], at=at)
    log.add_labels(
        [{"request_id": "old", "label": "1"}, {"request_id": "new", "label": "2"}],
        at=NOW - timedelta(days=1),
    )
    _, joined = join(log, ripe_s=30 * 86400)
    assert read_truths(joined, "3") == {("old", 0): "1"}
    assert joined.unripe == 1
    assert (joined.versions["3"].rows, joined.versions["3"].ripe) == (2, 1)


def test_silence_is_a_label_of_ripe_rows(log: MadeLog) -> None:
    """A label that came, at whatever time, wins; a repeated row stays out."""
    old = NOW - timedelta(days=31)
    log.add_predictions("3", [{"request_id": each, "value": 1.0} for each in "abc"], at=old)
    log.add_predictions("3", [{"request_id": "c", "value": 1.0}], at=old)
    log.add_predictions("3", [{"request_id": "new", "value": 1.0}], at=NOW - timedelta(days=1))
    log.add_labels([{"request_id": "b", "label": "Yes"}], at=NOW - timedelta(hours=1))
    _, joined = join(log, ripe_s=30 * 86400, silence="No")
    assert read_truths(joined, "3") == {("a", 0): "No", ("b", 0): "Yes"}
    rows = joined.versions["3"]
    assert (rows.rows, rows.ripe, rows.labelled, joined.repeated) == (5, 4, 1, 1)


def test_since_leaves_out_older_rows_and_labels(log: MadeLog) -> None:
    """A label is never older than its prediction."""
    log.add_predictions("3", [{"request_id": "old", "value": 1.0}], at=NOW - timedelta(days=8))
    log.add_predictions("3", [{"request_id": "new", "value": 1.0}], at=NOW - timedelta(days=6))
    log.add_labels([{"request_id": "old", "label": "1"}], at=NOW - timedelta(days=7, hours=1))
    log.add_labels([{"request_id": "new", "label": "2"}], at=NOW - timedelta(days=5))
    labels, joined = join(log, since_s=7 * 86400)
    assert read_truths(joined, "3") == {("new", 0): "2"}
    assert (labels.received, joined.versions["3"].rows) == (1, 1)


def test_only_trusted_labels_count(log: MadeLog) -> None:
    """Those from files, and of the named keys. A later label of another key replaces nothing."""
    log.add_predictions("3", [{"request_id": each, "value": 1.0} for each in "abcd"])
    later = NOON + timedelta(days=1)
    log.add_labels([{"request_id": "a", "label": "file"}])
    log.add_labels(
        [
            {"request_id": "a", "label": "bad", "source": "api", "api_key": "other"},
            {"request_id": "b", "label": "key", "source": "api", "api_key": "crm"},
            {"request_id": "c", "label": "bad", "source": "api", "api_key": None},
        ],
        at=later,
    )
    labels, joined = join(log, trusted=frozenset({"crm"}))
    assert read_truths(joined, "3") == {("a", 0): "file", ("b", 0): "key"}
    assert labels.untrusted == 2
    _, joined = join(log, trusted=frozenset())
    assert read_truths(joined, "3") == {("a", 0): "file"}
    assert read_truths(join(log)[1], "3")["a", 0] == "bad"


@pytest.mark.parametrize("api_key", [None, "other"])
def test_row_with_untrusted_labels_is_unknown_and_not_silent(
    log: MadeLog, api_key: str | None
) -> None:
    """Its label may be right. A trusted label of the row counts all the same."""
    old = NOW - timedelta(days=31)
    log.add_predictions("3", [{"request_id": each, "value": 1.0} for each in "abc"], at=old)
    untrusted = {"label": "Yes", "source": "api", "api_key": api_key}
    log.add_labels([{"request_id": each, **untrusted} for each in ("a", "b", "unknown")], at=old)
    log.add_labels([{"request_id": "b", "label": "Yes"}], at=old)
    choices: dict[str, Any] = {"ripe_s": 30 * 86400, "trusted": frozenset({"crm"})}
    _, joined = join(log, silence="No", **choices)
    assert read_truths(joined, "3") == {("b", 0): "Yes", ("c", 0): "No"}
    assert (joined.unknown, joined.versions["3"].unknown) == (1, 1)
    _, joined = join(log, **choices)
    assert (read_truths(joined, "3"), joined.unknown) == ({("b", 0): "Yes"}, 0)
    _, joined = join(log, silence="No", ripe_s=30 * 86400)  # all labels count
    assert read_truths(joined, "3") == {("a", 0): "Yes", ("b", 0): "Yes", ("c", 0): "No"}
    assert joined.unknown == 0


def test_only_what_figures_need_is_kept_in_memory(log: MadeLog) -> None:
    """With `silence`, every row is read: of one that is not ripe, its name alone."""
    for name, age in (("old", 31), ("new", 1)):
        at = NOW - timedelta(days=age)
        log.add_predictions("3", [{"request_id": name, "value": 1.0}], at=at)
    log.add_predictions("3", [{"request_id": "none", "time": None, "value": 1.0}])
    request = QualityRequest(log.folder, NOW, ripe_s=30 * 86400, silence="1")
    reader = LogReader(log.folder)
    rows = read_logged_rows(reader, MODEL, "3", choose_labels(reader.read_labels(MODEL)), request)
    assert rows.frame["request_id"].tolist() == ["old"]
    assert {*rows.frame} == {"time", "request_id", "row", "key", "other_version", "value"}
    assert sorted(rows.unripe["request_id"]) == ["new", "none"]
    assert {*rows.unripe} == {"request_id", "row"}
    assert (rows.rows, rows.ripe, rows.oldest) == (3, 1, NOW - timedelta(days=31))


def test_least_sampling_is_kept(log: MadeLog) -> None:
    """So that a reader knows that the log does not have all rows."""
    log.add_predictions("3", [{"value": 1.0, "sampling": 1.0}, {"value": 1.0, "sampling": 0.25}])
    log.add_predictions("4", [{"value": 1.0}])
    versions = join(log)[1].versions
    assert (versions["3"].least_sampling, versions["4"].least_sampling) == (0.25, 1.0)


def test_log_without_rows_or_labels_is_empty(log: MadeLog) -> None:
    assert join(log)[1].versions == {}
    log.add_predictions("3", [{"value": 1.0}])
    assert join(log)[1].versions["3"].frame.empty
