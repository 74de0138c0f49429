import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from trainer_tables import as_file, features

from baton_trainer import split

few_rows = st.lists(st.tuples(st.text("ab"), st.text("xy")), min_size=1, max_size=30)


def frame(rows: list[tuple[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["one", "two"])


@given(few_rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_account(rows: list[tuple[str, str]], random: object) -> None:
    """The same rows in another order have the same hashes, repeated rows included."""
    mixed = list(rows)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert sorted(split.row_hashes(frame(rows))) == sorted(split.row_hashes(frame(mixed)))


@given(few_rows)
def test_the_order_of_columns_is_of_no_account(rows: list[tuple[str, str]]) -> None:
    """Columns are taken by name."""
    table = frame(rows)
    assert (split.row_hashes(table) == split.row_hashes(table[["two", "one"]])).all()


@given(few_rows, few_rows)
def test_rows_that_are_added_move_no_other_row(
    rows: list[tuple[str, str]], more: list[tuple[str, str]]
) -> None:
    """So what production learned from is never what judges a later challenger."""
    assert (
        split.row_hashes(frame(rows + more))[: len(rows)] == split.row_hashes(frame(rows))
    ).all()


def test_cells_do_not_run_into_each_other() -> None:
    """`a|bc` and `ab|c` are different rows."""
    one, two = split.row_hashes(frame([("a", "bc"), ("ab", "c")]))
    assert one != two


def test_about_a_fifth_is_held_out() -> None:
    """Also of a table that has only a handful of different rows."""
    distinct = split.held_out(split.row_hashes(as_file(features(5_000)).cells))
    repeated = split.held_out(split.row_hashes(frame([("a", "x"), ("b", "y")] * 2_500)))
    assert 0.17 < distinct.mean() < 0.23
    assert 0.17 < repeated.mean() < 0.23


def test_the_split_stays_what_it_was_in_earlier_releases() -> None:
    """A changed hash would let challengers be judged by rows that production has seen."""
    hashes = split.row_hashes(frame([("a", "x"), ("a", "x"), ("", "ü")]))
    assert [format(int(each), "016x") for each in hashes] == [
        "71d4e926c3ca3910",
        "2109e9123ceb92e5",
        "6ae3d24b1bc5fe59",
    ]
