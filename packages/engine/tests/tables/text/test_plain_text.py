"""Text without quotes, split by Arrow."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.tables.text.csv_rows import BLOCK_LINES, Block, CsvRows
from baton_engine.tables.text.plain_text import split_plain
from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, TRIM_WHITE_SPACE, ReaderRule

RULES = st.sampled_from([KEEP_WHITE_SPACE, TRIM_WHITE_SPACE])
TEXTS = st.text(
    st.sampled_from(" \t,;\n\r\u00a0\u00e9\u2028\x00\x0b\x0c\ufeff#\\'1aN"), max_size=30
)
CELLS = st.text(st.sampled_from(" \t\u00a0\u00e9\x1c\ufeff#\\'1aN"), max_size=3)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5)
)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def split(text: str, separator: str, width: int, rule: ReaderRule) -> list[list[str | None]] | None:
    """The cells of each row; None if the text is not split."""
    (block,) = CsvRows(io.StringIO(text, newline=""), separator, rule).iter_blocks()
    columns = split_plain(block, separator, width)
    if columns is None:
        return None
    return [[*cells] for cells in zip(*(each.to_list() for each in columns), strict=True)]


def read(text: str, separator: str, rule: ReaderRule) -> list[list[str]]:
    """The cells of each row, by Python's parser."""
    return [cells for _, cells in CsvRows(io.StringIO(text, newline=""), separator, rule)]


@given(TABLES, LINE_ENDS, st.sampled_from(",;\t|"), RULES)
def test_tables_are_split_as_they_are_read(
    table: list[list[str]], end: str, separator: str, rule: ReaderRule
) -> None:
    """Only a byte order mark at the start and blank lines are left to Python's parser."""
    table = [[cell.replace(separator, "") for cell in row] for row in table]
    text = end.join(map(separator.join, table))
    rows = read(text, separator, rule)
    actual = split(text, separator, len(table[0]), rule)
    if actual is None:
        assert (
            text.lstrip().startswith("\ufeff")  # after white space, which one rule trims
            or len(rows) != len(table)
            or {*map(len, rows)} != {len(table[0])}
        )
    else:
        assert actual == rows


@given(TEXTS.filter(bool), st.integers(1, 3), st.sampled_from(",;\t "), RULES)
def test_any_text_is_split_as_it_is_read_or_not_at_all(
    text: str, width: int, separator: str, rule: ReaderRule
) -> None:
    """Line by line."""
    actual = split(text, separator, width, rule)
    if actual is not None:
        assert actual == read(text, separator, rule)
        assert len(actual) == len([*io.StringIO(text, newline="")])


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ('1,"2"\n', 2),
        ("1,2\n\n3,4\n", 2),
        ("1,2\n3\n", 2),
        ("1,2,3\n", 2),
        ("1\n", 1),
        ("\ufeff1,2\n", 2),
        (f"1,{'2' * 131_073}\n", 2),
    ],
)
def test_other_text_is_left_to_the_parser(text: str, width: int) -> None:
    assert split(text, ",", width, KEEP_WHITE_SPACE) is None


def test_block_is_split_into_columns() -> None:
    """Each distinct text exists once."""
    lines = ["a,1\n", "b,\n"] * (BLOCK_LINES // 2)
    block = Block(range(1, BLOCK_LINES + 1), lines, "".join(lines))
    columns = split_plain(block, ",", 2)
    assert columns is not None
    assert [sorted(map(str, column.distinct)) for column in columns] == [["a", "b"], ["", "1"]]
    assert columns[1].to_list() == ["1", ""] * (BLOCK_LINES // 2)
