"""Rows that two versions scored, from the log and by scoring now."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from baton_common.prediction_log import MAX_TEXT
from baton_engine.tables.cell_errors import MAX_NAMED_CELLS
from baton_registry.versions.schema import Column
from baton_trainer.errors import NotComparable
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.monitoring.log_reader import LogReader
from baton_trainer.monitoring.quality.joined_rows import VersionRows, join_rows
from baton_trainer.monitoring.quality.labels import choose_labels
from baton_trainer.monitoring.quality.pairs.paired_rows import (
    build_paired_rows,
    find_logged_pairs,
    score_other_rows,
)
from baton_trainer.monitoring.quality.pairs.scoring_before import LoggedVersion, ScoredRows
from baton_trainer.monitoring.quality.request import QualityRequest
from tests.support.trainer.comparable_models import make_columns_model
from tests.support.trainer.prediction_log import NOON, MadeLog

MODEL = "m"


@pytest.fixture
def log(tmp_path: Path) -> MadeLog:
    return MadeLog(tmp_path, MODEL)


def answer(yes: float, prefix: str = "") -> dict[str, Any]:
    label = "yes" if yes > 0.5 else "no"
    return {
        f"{prefix}label": label,
        f"{prefix}probability_no": 1 - yes,
        f"{prefix}probability_yes": yes,
    }


def pair(yes: float, other: float, other_version: str, **more: Any) -> dict[str, Any]:
    return {**answer(yes), **answer(other, "other_"), "other_version": other_version, **more}


def label(log: MadeLog, **truths: str) -> dict[str, VersionRows]:
    """Labels rows by their request ids, and joins them."""
    log.add_labels([{"request_id": name, "label": each} for name, each in truths.items()])
    reader = LogReader(log.folder)
    labels = choose_labels(reader.read_labels(MODEL))
    request = QualityRequest(log.folder, NOON + timedelta(days=9))
    return dict(join_rows(reader, MODEL, labels, request).versions)


def score(log: MadeLog, versions: dict[str, VersionRows], scorer: ComparableModel) -> ScoredRows:
    pairs = find_logged_pairs(versions["4"], "3", versions.get("3"))
    logged = LoggedVersion(LogReader(log.folder), MODEL, "4", None)
    return score_other_rows(logged, versions["4"], pairs, scorer)


def read(outcome: Any) -> list[float]:
    assert isinstance(outcome, ClassOutcome)
    return [round(each, 6) for each in outcome.probabilities[:, 1].tolist()]


def test_pairs_of_the_log_are_used_whoever_answered(log: MadeLog) -> None:
    """Before its promotion the version was the other one. Rows are in the order of time."""
    log.add_predictions("4", [pair(0.8, 0.7, "3", request_id="late")], at=NOON + timedelta(days=1))
    log.add_predictions("3", [pair(0.2, 0.1, "4", request_id="early")])
    log.add_predictions("3", [pair(0.2, 0.1, "2", request_id="stranger")])
    versions = label(log, late="yes", early="no", stranger="no")
    pairs = find_logged_pairs(versions["4"], "3", versions["3"])
    paired = build_paired_rows(pairs, pairs.head(0))
    assert read(paired.outcome) == [0.1, 0.8]
    assert read(paired.before) == [0.2, 0.7]
    assert paired.outcome.strata.tolist() == [0, 1]
    assert paired.logged == 2


def test_other_rows_are_scored_now(log: MadeLog) -> None:
    """From the features in the log; of other columns than those of the version before none."""
    rows = [
        {**answer(0.8), "request_id": "a", "f_x": 2.0, "f_other": "z"},
        {**answer(0.6), "request_id": "b", "f_x": None, "f_other": "z"},
        {**answer(0.6), "request_id": "c", "f_x": 1.0, "f_other": "z"},
        pair(0.8, 0.7, "3", request_id="d", f_x=3.0, f_other="z"),
    ]
    log.add_predictions("4", rows)
    versions = label(log, a="yes", b="no", d="no")
    scorer = make_columns_model(Column("x", "double", required=False))
    pairs = find_logged_pairs(versions["4"], "3", None)
    paired = build_paired_rows(pairs, score(log, versions, scorer).frame)
    assert paired.logged == 1
    now = sorted(zip(read(paired.outcome), read(paired.before), strict=True))
    expected = [round(float(1 / (1 + np.exp(-x))), 6) for x in (0.0, 2.0)]
    wanted = [(0.6, expected[0]), (0.8, 0.7), (0.8, expected[1])]
    assert np.array(now) == pytest.approx(np.array(wanted), abs=1e-6)


def test_missing_feature_is_one_line(log: MadeLog) -> None:
    """A private column is not in the log. The pairs of the log still count."""
    log.add_predictions("4", [{**answer(0.8), "request_id": "a", "f_x": 2.0}])
    versions = label(log, a="yes")
    scorer = make_columns_model(Column("x", "double"), Column("iban", "string"))
    scored = score(log, versions, scorer)
    assert (len(scored.frame), scored.unscored) == (0, 1)
    assert "needs column 'iban', which the log does not have" in scored.problem


def test_file_that_lacks_a_feature_does_not_void_the_others(log: MadeLog) -> None:
    """BATON_PREDICTIONS_COLUMNS was narrower for a while: its rows are counted."""
    log.add_predictions("4", [{**answer(0.8), "request_id": each} for each in "ab"])
    log.add_predictions("4", [{**answer(0.8), "request_id": "c", "f_x": 2.0}])
    log.add_predictions("4", [{**answer(0.8), "request_id": "d", "f_x": "two"}], process="q")
    versions = label(log, a="yes", b="yes", c="yes")
    scored = score(log, versions, make_columns_model(Column("x", "double")))
    assert scored.frame["request_id"].tolist() == ["c"]
    assert (scored.unscored, scored.rejected) == (2, 0)
    assert "needs column 'x'" in scored.problem


def test_rows_with_texts_that_may_be_cut_are_counted(log: MadeLog) -> None:
    """They are other rows now; one without a label is no row of the comparison."""
    rows = [
        {**answer(0.8), "request_id": name, "f_x": 1.0, "f_plan": text}
        for name, text in [("a", "x" * MAX_TEXT), ("b", "x" * (MAX_TEXT - 1)), ("c", "x" * 256)]
    ]
    log.add_predictions("4", rows)
    scorer = make_columns_model(Column("x", "double"), Column("plan", "string"))
    scored = score(log, label(log, a="yes", b="yes"), scorer)
    assert scored.frame["request_id"].tolist() == ["b"]
    assert (scored.cut, scored.rejected, scored.problem) == (1, 0, "")


def test_rows_that_the_version_before_rejects_are_left_out(log: MadeLog) -> None:
    """Also more of them than an error names. The others are compared all the same."""
    good = {**answer(0.8), "f_x": 2.0, "f_plan": "a"}
    gaps = [{**good, "f_x": None, "request_id": f"gap{n}"} for n in range(2 * MAX_NAMED_CELLS)]
    huge = {**good, "f_x": 1e300, "request_id": "huge"}
    both = {**good, "f_x": None, "f_plan": None, "request_id": "both"}
    log.add_predictions("4", [{**good, "request_id": "a"}, *gaps[10:], huge, both])
    log.add_predictions("4", gaps[:10])
    log.add_predictions("4", [{**good, "request_id": "b", "f_x": -2.0}])
    ids = ["a", "b", "huge", "both", *(each["request_id"] for each in gaps)]
    scorer = make_columns_model(Column("x", "float"), Column("plan", "string"))
    scored = score(log, label(log, **dict.fromkeys(ids, "yes")), scorer)
    assert scored.rejected == len(gaps) + 2
    answers = dict(zip(scored.frame["request_id"], scored.frame["other_label"], strict=True))
    assert answers == {"a": "yes", "b": "no"}


def test_empty_text_in_a_required_column_is_a_value(log: MadeLog) -> None:
    """As in a request: a category that training did not have. In an optional column it is a gap."""
    rows = [
        {**answer(0.8), "request_id": name, "f_x": 1.0, "f_plan": text}
        for name, text in [("a", ""), ("b", "z"), ("c", None)]
    ]
    log.add_predictions("4", rows)
    versions = label(log, a="yes", b="yes", c="yes")
    required, optional = (
        score(log, versions, make_columns_model(Column("x", "double"), plan))
        for plan in (Column("plan", "string"), Column("plan", "string", required=False))
    )
    assert (sorted(required.frame["request_id"]), required.rejected) == (["a", "b"], 1)
    assert (sorted(optional.frame["request_id"]), optional.rejected) == (["a", "b", "c"], 0)


def test_column_of_another_type_is_one_line(log: MadeLog) -> None:
    log.add_predictions("4", [{**answer(0.8), "request_id": "a", "f_x": 2.0}])
    versions = label(log, a="yes")
    scored = score(log, versions, make_columns_model(Column("x", "string")))
    assert scored.unscored == 1
    assert "fails on logged rows" in scored.problem


def test_one_row_of_each_key_counts(log: MadeLog) -> None:
    """The first one. Rows without a key all count."""
    rows = [
        pair(0.9, 0.5, "3", request_id="a", key="k1"),
        pair(0.8, 0.5, "3", request_id="b", key="k1", time=NOON - timedelta(hours=1)),
        pair(0.7, 0.5, "3", request_id="c"),
        pair(0.6, 0.5, "3", request_id="d"),
    ]
    log.add_predictions("4", rows)
    pairs = find_logged_pairs(label(log, a="yes", b="yes", c="yes", d="no")["4"], "3", None)
    paired = build_paired_rows(pairs, pairs.head(0))
    assert sorted(read(paired.outcome)) == [0.6, 0.7, 0.8]


def test_classes_are_put_into_one_order(log: MadeLog) -> None:
    """By name: the two versions may have been trained on tables of another order."""
    turned = {
        "other_label": "no", "other_probability_yes": 0.3, "other_probability_no": 0.7,
        "other_version": "3",
    }  # fmt: skip
    log.add_predictions("4", [{**answer(0.8), **turned, "request_id": "a"}])
    pairs = find_logged_pairs(label(log, a="yes")["4"], "3", None)
    assert read(build_paired_rows(pairs, pairs.head(0)).before) == [0.3]


def test_other_classes_are_not_compared(log: MadeLog) -> None:
    strange = {
        "other_label": "no", "other_probability_no": 0.3, "other_probability_yes": 0.3,
        "other_probability_maybe": 0.4, "other_version": "3",
    }  # fmt: skip
    log.add_predictions("4", [{**answer(0.8), **strange, "request_id": "a"}])
    pairs = find_logged_pairs(label(log, a="yes")["4"], "3", None)
    with pytest.raises(NotComparable, match="different classes"):
        build_paired_rows(pairs, pairs.head(0))


def test_no_labelled_pair_is_one_line(log: MadeLog) -> None:
    log.add_predictions("4", [{**answer(0.8), "request_id": "a"}])
    pairs = find_logged_pairs(label(log, a="yes")["4"], "3", None)
    with pytest.raises(NotComparable, match="no labelled row"):
        build_paired_rows(pairs, pairs.head(0))
