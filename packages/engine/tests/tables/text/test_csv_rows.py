"""White space and line numbers."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.tables.text.csv_rows import CsvError, CsvRows
from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, TRIM_WHITE_SPACE, ReaderRule


def read_rows(text: str, rule: ReaderRule, separator: str = ",") -> list[list[str]]:
    """The cells of each row."""
    return [cells for _, cells in CsvRows(io.StringIO(text, newline=""), separator, rule)]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("47, Private ,\tSales,<=50K \n", ["47", "Private", "Sales", "<=50K"]),
        ("  a b  ,c\r\n", ["a b", "c"]),
        ('47, "Private"\n', ["47", "Private"]),
        ('"a " , " b"\t,c \r', ["a ", " b", "c"]),
        ('1, "Sales, retail" ,2\n', ["1", "Sales, retail", "2"]),
        ('1, "two\n lines , here " , "say ""no"" " \n', ["1", "two\n lines , here ", 'say "no" ']),
        ('"",  , ""\n', ["", "", ""]),
        ('"a"b , 5" pipe , x\n', ["ab", '5" pipe', "x"]),
        ("\u00a0a\u2003,\u3000b\n", ["a", "b"]),
        (" a , b", ["a", "b"]),
    ],
)
def test_white_space_around_unquoted_cells_is_trimmed(text: str, cells: list[str]) -> None:
    """Quoted white space stays."""
    assert read_rows(text, TRIM_WHITE_SPACE) == [cells]


@pytest.mark.parametrize("separator", ["\t", " "])
def test_tab_separator_is_not_trimmed(separator: str) -> None:
    assert read_rows(f"a{separator}{separator}b{separator}\n", TRIM_WHITE_SPACE, separator) == [
        ["a", "", "b", ""]
    ]


def test_other_rule_keeps_white_space() -> None:
    assert read_rows('47, Private , "x"\n', KEEP_WHITE_SPACE) == [["47", " Private ", ' "x"']]


def test_has_trimmed_reports_trimming() -> None:
    plain = CsvRows(["a b,c\n", '"d ",e\n'], ",", TRIM_WHITE_SPACE)
    assert len([*plain]) == 2
    assert not plain.has_trimmed
    spaced = CsvRows(["a b,c\n", "d ,e\n"], ",", TRIM_WHITE_SPACE)
    assert len([*spaced]) == 2
    assert spaced.has_trimmed


def test_blank_line_is_skipped() -> None:
    """An empty quoted cell is a row."""
    for rule in (KEEP_WHITE_SPACE, TRIM_WHITE_SPACE):
        assert read_rows('a\n \t\n\n""\nb\n', rule) == [["a"], [""], ["b"]]


CELLS = st.text(st.sampled_from(' \t"a,;\n\r\u00a0é'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=4))
def test_quoted_cells_do_not_change(table: list[list[str]]) -> None:
    """By either rule."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    spaced = out.getvalue()
    for rule in (KEEP_WHITE_SPACE, TRIM_WHITE_SPACE):
        assert read_rows(spaced, rule) == table


@given(st.text(st.sampled_from(' "a,\n'), max_size=30))
def test_both_rules_find_the_same_rows(text: str) -> None:
    """In text without white space around cells."""
    lines = [part.strip() for part in text.split("\n")]
    text = "\n".join(",".join(map(str.strip, line.split(","))) for line in lines)
    try:
        expected = read_rows(text, KEEP_WHITE_SPACE)
    except CsvError:
        with pytest.raises(CsvError):
            read_rows(text, TRIM_WHITE_SPACE)
    else:
        assert read_rows(text, TRIM_WHITE_SPACE) == expected


@pytest.mark.parametrize("rule", [KEEP_WHITE_SPACE, TRIM_WHITE_SPACE])
def test_long_white_space_takes_linear_time(rule: ReaderRule) -> None:
    run = " " * 100_000
    text = f'a{run}b,"x"{run},{run}"y"\n'
    assert [len(cell) for cell in read_rows(text, TRIM_WHITE_SPACE)[0]] == [100_002, 1, 1]
    assert len(read_rows(f"a{run}b,c\n", rule)[0]) == 2
