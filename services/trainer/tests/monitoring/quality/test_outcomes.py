"""The outcome of a version from the columns of the log."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from baton_trainer.errors import NotComparable
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.monitoring.quality.outcomes import accepts_label, build_live_outcome


def make_binary(labels: list[Any], truths: list[str], classes: tuple[str, str]) -> pd.DataFrame:
    rows = len(labels)
    second = np.linspace(0.1, 0.9, rows, dtype=np.float32)
    return pd.DataFrame(
        {
            "label": labels,
            f"probability_{classes[0]}": 1 - second,
            f"probability_{classes[1]}": second,
            "truth": truths,
        }
    )


def test_classes_are_read_from_the_columns() -> None:
    """In their order; a label of no class does not count, and is counted."""
    frame = make_binary(["No", "Yes", "Yes"], ["Yes", "No", "Maybe"], ("No", "Yes"))
    live = build_live_outcome(frame)
    assert isinstance(live.outcome, ClassOutcome)
    assert live.outcome.classes == ("No", "Yes")
    assert live.outcome.truth.tolist() == [1, 0]
    assert live.rows.tolist() == [True, True, False]
    assert live.other_truths == 1


@pytest.mark.parametrize(("positive", "index"), [("No", 0), ("Yes", 1), (None, 1), ("Maybe", 1)])
def test_positive_class_is_that_of_the_training(positive: str | None, index: int) -> None:
    """Without one that the version has, the second, as in training."""
    frame = make_binary(["No", "Yes"], ["Yes", "No"], ("No", "Yes"))
    outcome = build_live_outcome(frame, positive=positive).outcome
    assert isinstance(outcome, ClassOutcome)
    assert outcome.positive == index


@pytest.mark.parametrize(
    ("label", "classes", "truths"),
    [
        (1, ("0", "1"), ["1", "1.0", " 0 ", "0.0", "2", "1.5"]),
        (True, ("False", "True"), ["true", "True", "FALSE", "false", "1", "yes"]),
    ],
)
def test_numbers_and_booleans_have_several_spellings(
    label: Any, classes: tuple[str, str], truths: list[str]
) -> None:
    """If the classes are such; texts are compared as they are."""
    live = build_live_outcome(make_binary([label] * 6, truths, classes))
    assert isinstance(live.outcome, ClassOutcome)
    assert live.outcome.truth.tolist() == [1, 1, 0, 0]
    assert live.other_truths == 2
    texts = build_live_outcome(make_binary(["x"] * 6, truths, classes))
    assert texts.other_truths > 2


def test_values_are_paired_with_numbers() -> None:
    """What is no finite number is counted; a missing answer is not a label's fault."""
    truths = ["1", "2.5", "1e999", "x", "nan", "7"]
    frame = pd.DataFrame({"value": [1.0, 2.0, 3.0, 4.0, 5.0, np.nan], "truth": truths})
    live = build_live_outcome(frame)
    assert isinstance(live.outcome, ValueOutcome)
    assert live.outcome.truth.tolist() == [1.0, 2.5]
    assert live.other_truths == 3


def test_other_versions_outputs_have_a_prefix() -> None:
    frame = make_binary(["No", "Yes"], ["Yes", "No"], ("No", "Yes")).add_prefix("other_")
    live = build_live_outcome(frame.rename(columns={"other_truth": "truth"}), "other_")
    assert live.outcome.answers["probabilities"].shape == (2, 2)


def test_other_tasks_are_refused() -> None:
    """An anomaly has a label and a score, a quantile several values."""
    for columns in (["label", "score"], ["value_p10", "value_p90"], ["label_a", "probability_a"]):
        frame = pd.DataFrame({name: [1.0] for name in columns}).assign(truth="1")
        with pytest.raises(NotComparable, match="no metrics"):
            build_live_outcome(frame)


@pytest.mark.parametrize(
    ("frame", "accepted", "refused"),
    [
        (make_binary(["No"], ["No"], ("No", "Yes")), "No", "no"),
        (make_binary([1], ["1"], ("0", "1")), "0.0", "2"),
        (pd.DataFrame({"value": [1.0]}), "0", "No"),
    ],
)
def test_label_is_one_that_the_version_may_answer(
    frame: pd.DataFrame, accepted: str, refused: str
) -> None:
    """In the spellings of the labels in the log."""
    assert accepts_label(frame, accepted)
    assert not accepts_label(frame, refused)
