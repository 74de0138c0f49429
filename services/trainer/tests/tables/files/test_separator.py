import pytest

from baton_trainer.errors import DataError
from baton_trainer.tables.files import separator


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2\n", ";"),
        ("a;b,c\n1;2,3;4\n", ","),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('"a;x",b\n"1;2",3\n4,5\n', ","),
        ("a,b\n1,2\n3,4,5\n", ","),
        ("a;b\n1;2\n3;4;5\n", ";"),
        ("alone\n1\n", ","),
        ("a:b\n1:2\n", ","),
        ("", ","),
    ],
)
def test_it_is_the_one_by_which_the_lines_fit_the_first(text: str, found: str) -> None:
    """Commas inside cells do not confuse it; a ragged file is read as its other lines say."""
    assert separator.found_out(text, "f") == found


def test_two_that_fit_are_refused() -> None:
    """Both would give a table, of other columns."""
    with pytest.raises(DataError, match="f: the separator may be ',' or ';'; say which: --separ"):
        separator.found_out("a;b,c\n1;2,3\n", "f")


def test_a_long_file_is_judged_by_its_first_lines() -> None:
    """The line at which they are cut is not counted."""
    assert separator.found_out("a;b\n" + "x" * 30 + ";" + "y" * 30 + "\n", "f") == ";"
    assert separator.found_out("a;b\n" + "1;2\n" * 100_000, "f") == ";"
