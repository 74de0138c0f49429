"""Separators."""

import pytest

from baton_engine.tables.text.reader_rule import TRIM_WHITE_SPACE
from baton_engine.tables.text.separators import find_fitting_separators, parse_separator


@pytest.mark.parametrize(
    ("text", "separators"),
    [
        ("a,b\n1,2\n", [","]),
        ("a;b\n1,5;2\n", [";"]),
        ("a;b,c\n1;2,3;4\n", [","]),
        ('"a;x",b\n"1;2",3\n4,5\n', [","]),
        ("a;b\n1;2\n3;4;5\n", [";"]),
        ("a;b,c\n1;2,3\n", [",", ";"]),
        ("a;b\n1;2;\n3;4;\n", [";"]),
        ('a, b\n"x, y", 1\n 2, "z;z"\n', [","]),
        ("alone\n1\n", []),
        ("", []),
        ("a;b\n" + "1;2\n" * 100_000, [";"]),
    ],
)
def test_fitting_separators(text: str, separators: list[str]) -> None:
    """Commas inside of cells do not matter; several may fit."""
    assert find_fitting_separators(text.splitlines(keepends=True), TRIM_WHITE_SPACE) == separators


@pytest.mark.parametrize(("text", "separator"), [("tab", "\t"), (";", ";"), ("x", "x")])
def test_separator_is_a_name_or_a_character(text: str, separator: str) -> None:
    assert parse_separator(text) == separator


@pytest.mark.parametrize("text", ["", "ab", '"', "\n"])
def test_invalid_separator_is_rejected(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller says what is allowed
        parse_separator(text)
