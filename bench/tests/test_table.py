"""Tables in Markdown."""

from bench.table import markdown


def test_numbers_stand_below_each_other() -> None:
    """A table can be read as it is, and is a table on GitHub."""
    assert markdown(["server", "p50 ms"], [["floor", "0.1"], ["a longer one", "1200.0"]]) == (
        "| server       | p50 ms |\n"
        "| ------------ | -----: |\n"
        "| floor        |    0.1 |\n"
        "| a longer one | 1200.0 |"
    )


def test_a_table_without_rows_is_its_head() -> None:
    """Where nothing could be measured, the table says what would have been."""
    assert markdown(["server"], []) == "| server |\n| ------ |"
