"""Labels as texts: classes and numbers."""

import pytest

from baton_common.label_texts import find_class, parse_number


@pytest.mark.parametrize(
    ("classes", "spellings"),
    [
        (("0", "1"), {"1": 1, "1.0": 1, " 0 ": 0, "0.0": 0, "1e0": 1}),
        (("0.0", "1.0"), {"1": 1, "1.0": 1, "0.00": 0}),
        (("0.5", "1.5"), {"1.50": 1, "0.5": 0}),
        (("False", "True"), {"true": 1, "True": 1, "FALSE": 0, " false": 0}),
    ],
)
def test_numbers_and_booleans_have_several_spellings(
    classes: tuple[str, str], spellings: dict[str, int]
) -> None:
    """If the classes are such; texts are compared as they are."""
    for text, index in spellings.items():
        assert find_class(text, classes, are_texts=False) == index
        same = classes.index(text) if text in classes else None
        assert find_class(text, classes, are_texts=True) == same
    for text in ("2", "yes", "nan", ""):
        assert find_class(text, classes, are_texts=False) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), (" 2.5 ", 2.5), ("-1e3", -1000.0)]
    + [(text, None) for text in ("", "x", "nan", "inf", "1e999", "1_000")],
)
def test_only_finite_numbers_are_numbers(text: str, number: float | None) -> None:
    assert parse_number(text) == number
