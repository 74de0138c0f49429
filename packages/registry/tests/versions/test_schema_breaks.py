"""Comparison of schemas."""

from dataclasses import replace
from typing import Any

import pytest

from baton_registry.versions.schema import AnswerForm, Column, Schema
from baton_registry.versions.schema_breaks import MAX_LISTED, find_breaks, format_breaks

COLUMNS = (Column("x", "double"),)
CLASSIFIER = Schema(COLUMNS, ("no", "yes"))
REGRESSION = Schema(COLUMNS, task="regression")
QUANTILES = Schema(COLUMNS, task="quantiles", output_names=("p10", "p90"))


def show(kind: Any, width: int | None = None) -> Schema:
    """Makes the schema of a version that plain MLflow logged."""
    return Schema(COLUMNS, shown_answers=AnswerForm(kind, width))


def test_long_lists_of_breaks_are_truncated() -> None:
    """A tag of MLflow holds 100,000 characters, and a wide table has thousands of breaks."""
    wide = Schema(tuple(Column(f"probe_{number}", "double") for number in range(20_531)))
    breaks = find_breaks(wide, Schema(()))
    text = format_breaks(breaks, ", ")
    assert text.count(" is gone") == MAX_LISTED
    assert text.endswith(", and 20,521 more")
    assert format_breaks(breaks[:2], "; ") == "column 'probe_0' is gone; column 'probe_1' is gone"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (CLASSIFIER, REGRESSION, "the task binary became regression"),
        (REGRESSION, CLASSIFIER, "the task regression became binary"),
        (REGRESSION, QUANTILES, "the task regression became quantiles"),
        (CLASSIFIER, Schema(COLUMNS, task="multiclass"), "the task binary became multiclass"),
        (CLASSIFIER, Schema(COLUMNS, (0, 1)), "classes [no, yes] became [0, 1]"),
        (QUANTILES, replace(QUANTILES, output_names=("p10", "p95")), "outputs [p10, p90] became"),
        (CLASSIFIER, show("numbers", 1), "those of the task binary and are 1 numbers"),
        (REGRESSION, show("labels"), "those of the task regression and are labels"),
        (REGRESSION, show("numbers", 2), "those of the task regression and are 2 numbers"),
        (show("labels"), show("numbers", 1), "were labels and are 1 numbers"),
        (show("numbers", 1), show("numbers", 3), "were 1 numbers and are 3 numbers"),
        (show("numbers", 1), CLASSIFIER, "were 1 numbers and are those of the task binary"),
    ],
)
def test_other_answers_break_callers(old: Schema, new: Schema, words: str) -> None:
    """Also if only MLflow's signature shows them."""
    (reason,) = find_breaks(old, new)
    assert words in reason


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CLASSIFIER, Schema(COLUMNS, task="binary")),
        (QUANTILES, replace(QUANTILES, output_names=())),
        (CLASSIFIER, show("labels")),
        (REGRESSION, show("numbers", 1)),
        (QUANTILES, show("numbers", 2)),
        (show("numbers"), show("numbers", 3)),
        (CLASSIFIER, Schema(COLUMNS)),
        (Schema(COLUMNS), REGRESSION),
    ],
)
def test_what_is_not_known_breaks_nobody(old: Schema, new: Schema) -> None:
    assert find_breaks(old, new) == []


def test_predict_of_labels_or_probabilities_breaks_callers() -> None:
    """Of `/invocations`. The signature of probabilities shows numbers, but the task is the same."""
    probabilities = replace(show("numbers", 2), predicts_probabilities=True)
    assert find_breaks(CLASSIFIER, probabilities) == [
        "/invocations answered labels and answers probabilities"
    ]
    assert find_breaks(probabilities, CLASSIFIER) == [
        "/invocations answered probabilities and answers labels"
    ]


def test_another_form_of_the_input_breaks_callers() -> None:
    """Bodies with names, with lists, and with a named tensor differ."""
    columns = Schema((Column("0", "double"),))
    matrix = replace(columns, is_matrix=True)
    tensor = replace(matrix, is_tensor=True)
    forms = [columns, matrix, tensor, replace(tensor, tensor_name="x")]
    for old in forms:
        for new in forms:
            assert bool(find_breaks(old, new)) == (old is not new)
    assert find_breaks(tensor, forms[-1]) == [
        "the input was a tensor without a name and is the tensor 'x'"
    ]
