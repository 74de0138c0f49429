"""A label is checked: which class or number of the version it means."""

import time

import pytest

from baton_inference.feedback.label_check import LabelCheck
from baton_registry.versions.output_schema import Label, OutputSchema

TEXTS = OutputSchema.from_classes(("no", "yes"))


def classify(*classes: Label) -> OutputSchema:
    return OutputSchema.from_classes(classes)


@pytest.mark.parametrize(
    ("value", "outputs", "text"),
    [
        ("yes", TEXTS, "yes"),
        (1, classify(0, 1, 2), "1"),
        (1.0, classify(0, 1), "1"),
        ("1", classify(0, 1), "1"),
        ("1.0", classify(0, 1), "1"),
        (" 1e0 ", classify(0, 1), "1"),
        ("true", classify(False, True), "True"),
        (" FALSE", classify(False, True), "False"),
        ("nan", classify("nan", "x"), "nan"),
        (True, classify(False, True), "True"),
        (True, classify("false", "true"), "true"),
        (1, classify("1.0", "2.5"), "1.0"),
        (2.5, classify("1.0", "2.5"), "2.5"),
        (2**70, classify(str(2**70), "1"), str(2**70)),
        (-1, OutputSchema("anomaly"), "-1"),
        (12, OutputSchema("regression"), "12.0"),
        ("-1.5e3", OutputSchema("regression"), "-1500.0"),
        (0.1, OutputSchema("quantiles", names=("p10", "p90")), "0.1"),
    ],
)
def test_label_becomes_the_text_of_a_class_or_number(
    value: str | float, outputs: OutputSchema, text: str
) -> None:
    """Numbers and booleans are the class of the same value."""
    assert LabelCheck(outputs).format(value) == text


@pytest.mark.parametrize(
    ("value", "outputs", "message"),
    [
        ("maybe", TEXTS, "must be 'no' or 'yes'"),
        ("Yes", TEXTS, "must be 'no' or 'yes'"),
        ("", TEXTS, "must be 'no' or 'yes'"),
        (1, TEXTS, "must be 'no' or 'yes'"),
        ("1", classify("1.0", "2.5"), "must be '1.0' or '2.5'"),
        ("1_0", classify(10, 20), "must be '10' or '20'"),
        (True, classify(0, 1), "must be '0' or '1'"),
        (1.5, classify(0, 1), "must be '0' or '1'"),
        ("nan", classify(0, 1), "must be '0' or '1'"),
        ("inf", classify(0, 1), "must be '0' or '1'"),
        (float("inf"), classify(0, 1), "must be '0' or '1'"),
        (0, OutputSchema("anomaly"), "must be '-1' or '1'"),
        (1, OutputSchema("multilabel", names=("a", "b")), "must be one label"),
        (True, OutputSchema("regression"), "finite number"),
        ("nan", OutputSchema("regression"), "finite number"),
        ("1_0", OutputSchema("regression"), "finite number"),
        (10**400, OutputSchema("regression"), "finite number"),
        ("12,5", OutputSchema("regression"), "finite number"),
    ],
)
def test_label_that_no_row_can_have(
    value: str | float, outputs: OutputSchema, message: str
) -> None:
    """The message says what is allowed."""
    with pytest.raises(ValueError, match=f"^must be.*{message.removeprefix('must be')}"):
        LabelCheck(outputs).format(value)


def test_many_classes_are_not_all_named() -> None:
    """The message stays short."""
    classes = classify(*(f"{number}{'x' * 500}" for number in range(300)))
    with pytest.raises(ValueError, match="or one of 290 other classes") as caught:
        LabelCheck(classes).format("?")
    assert len(str(caught.value)) < 600


def test_a_label_of_many_classes_is_looked_up() -> None:
    """1,000 labels are checked in milliseconds, valid or not. A search takes seconds."""
    check = LabelCheck(classify(*(f"class {number}" for number in range(10_000))))
    started_s = time.process_time()
    for number in range(1000):
        assert check.format(f"class {number + 9000}")
        with pytest.raises(ValueError, match="9990 other classes"):
            check.format("?")
    assert time.process_time() - started_s < 0.5
