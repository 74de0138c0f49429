"""The report, its JSON document, and the tag of the model."""

import json

from baton_registry.versions.monitoring_tags import MAX_NAME, DriftTag
from tests.support.trainer.drift import FLIPPED, MOVED, SAME, make_column, make_report


def test_the_message_counts_what_has_drifted() -> None:
    assert make_report(SAME, MOVED).message == "1 of 2 columns and outputs has drifted"
    assert make_report(SAME).message == "None of 1 columns and outputs has drifted"
    few = make_report(make_column("c", [9, 9, 0, 0], [1, 1, 0, 0]), rows=2)
    assert few.message.startswith("Too few rows: 2")
    assert make_report().message == "No column of the log can be compared"


def test_json_has_the_verdicts_and_the_counts() -> None:
    document = json.loads(json.dumps(make_report(SAME, FLIPPED).to_json(), allow_nan=False))
    assert document["drifted"] == ["flipped"]
    assert (document["not_logged"], document["private"]) == (["tenure"], ["income"])
    column = document["columns"][0]
    assert (column["name"], column["level"]) == ("flipped", "large")
    assert column["unseen"] == {"training": 0.0, "now": 0.2, "examples": ["an unseen one"]}
    assert column["bins"][0] == {"name": "flipped 0", "training": 5_000, "now": 300}


def test_suspicious_columns_are_sorted_by_the_excess_over_training() -> None:
    report = make_report(SAME, FLIPPED, make_column("gaps", [50, 50, 0, 0], [1, 1, 0, 998]))
    assert [column.name for column in report.suspicious] == ["gaps", "flipped"]


def test_tag_names_the_worst_column() -> None:
    tag = make_report(SAME, MOVED, FLIPPED).to_tag()
    assert (tag.drifted, tag.columns, tag.rows, tag.version) == (2, 3, 1_000, "3")
    assert tag.worst is not None
    assert (tag.worst.column, tag.worst.level) == ("flipped", "large")
    assert make_report(SAME).to_tag().worst is None


def test_tag_of_any_name_can_be_written_and_read() -> None:
    """MLflow's tables limit its length."""
    name = "\n\u202e<b>" + "名" * 5_000
    column = make_column(name, [5_000, 616, 0, 0], [300, 500, 200, 0])
    tag = DriftTag.from_text(make_report(column).to_tag().to_text())
    assert tag.worst is not None
    assert len(tag.worst.column) <= MAX_NAME
    assert "\n" not in tag.worst.column


def test_examples_can_be_left_out() -> None:
    """The shares stay."""
    kept = make_report(FLIPPED).leave_out_examples()
    assert kept.to_json()["columns"][0]["unseen"] == {"training": 0.0, "now": 0.2, "examples": []}
    assert make_report(FLIPPED).to_json()["columns"][0]["unseen"]["examples"]
