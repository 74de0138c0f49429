from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from baton_trainer.tables.split import COMMON_COPIES, hash_rows, split
from tests.support.trainer.tables import make_features

few_rows = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from([1.0, 2.5, None])), min_size=1, max_size=30
)
Rows = list[tuple[str, float | None]]


def frame(rows: Rows) -> pd.DataFrame:
    texts, numbers = zip(*rows, strict=True)
    return pd.DataFrame(
        {"text": pd.Series(texts, dtype=object), "number": np.array(numbers, float)}
    )


@given(few_rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: Rows, random: Any) -> None:
    """The same rows in another order are held out as often, repeated rows included."""
    mixed = list(rows)
    random.shuffle(mixed)
    one, two = frame(rows), frame(mixed)
    assert sorted(hash_rows(one)) == sorted(hash_rows(two))
    assert split(one).held_out.sum() == split(two).held_out.sum()


@given(few_rows)
def test_the_order_of_columns_does_not_matter(rows: Rows) -> None:
    """Columns are taken by name."""
    table = frame(rows)
    assert (hash_rows(table) == hash_rows(table[["number", "text"]])).all()


@given(few_rows, few_rows)
def test_added_rows_move_no_first_copy(rows: Rows, more: Rows) -> None:
    """So a later challenger is never evaluated on rows that production learned from."""
    before, after = frame(rows), frame(rows + more)
    first = ~before.duplicated().to_numpy()
    moved = split(before).held_out != split(after).held_out[: len(rows)]
    assert not moved[first].any()


def test_equal_rows_are_on_one_side() -> None:
    """The model must not learn from a copy of a held-out row."""
    table = make_features(2_000)
    twice = pd.concat([table, table], ignore_index=True)
    sides = split(twice)
    assert (sides.held_out[:2_000] == sides.held_out[2_000:]).all()
    assert not sides.common.any()


def test_copies_of_common_rows_are_on_both_sides() -> None:
    """A row with more than a few copies and over 1 % of a table is a common case."""
    rare: Rows = [("a", 1.0)] * COMMON_COPIES
    common: Rows = [("b", 2.5)] * (COMMON_COPIES + 1)
    sides = split(frame(rare + common))
    assert sides.common.tolist() == [False] * len(rare) + [True] * len(common)
    assert len(set(sides.held_out[: len(rare)])) == 1
    many = split(frame([("a", 1.0), ("b", 2.5)] * 2_500))
    assert many.common.all()
    assert 0.17 < many.held_out.mean() < 0.23


def test_rows_of_one_id_are_on_one_side() -> None:
    """Whatever their features are; a row without an id is placed by its features."""
    table = make_features(3_000)
    ids = pd.Series([f"c{row % 900}" if row % 10 else None for row in range(3_000)], dtype=object)
    sides = split(table, ids)
    assert pd.Series(sides.held_out).groupby(ids).nunique().max() == 1
    assert 0.15 < sides.held_out.mean() < 0.25
    alone = ids.isna().to_numpy()
    assert (sides.held_out[alone] == split(table).held_out[alone]).all()
    assert sides.groups is not None
    assert len(set(sides.groups)) == ids.nunique() + alone.sum()
    assert split(table).groups is None


def test_about_a_fifth_is_held_out() -> None:
    """The rows must differ."""
    assert 0.17 < split(make_features(5_000)).held_out.mean() < 0.23


def test_cells_do_not_run_into_each_other() -> None:
    """`a|bc` and `ab|c` are different rows, and so are `a|b` and `b|a`."""
    rows = pd.DataFrame({"one": ["a", "ab", "a", "b"], "two": ["bc", "c", "b", "a"]}, dtype=object)
    assert len(set(hash_rows(rows))) == 4


def test_the_type_of_a_value_does_not_matter() -> None:
    """A missing value, or booleans instead of 0 and 1, moves no other row."""
    columns: list[pd.Series[Any]] = [
        pd.Series([1, 0], dtype=np.int64),
        pd.Series([1.0, -0.0]),
        pd.Series([True, False]),
        pd.Series([True, False, None], dtype=object).head(2),
    ]
    hashes = [hash_rows(column.to_frame("x")).tolist() for column in columns]
    assert all(each == hashes[0] for each in hashes)
    text = pd.Series(["a", None], dtype=object)
    texts = [text, text.astype("str"), text.astype("category")]
    hashes = [hash_rows(column.to_frame("x")).tolist() for column in texts]
    assert all(each == hashes[0] for each in hashes)


def test_the_split_is_the_same_as_in_earlier_releases() -> None:
    """A changed hash would evaluate challengers on rows that production learned from."""
    hashes = hash_rows(frame([("a", 1.0), ("ü", 2.5), ("", None)]))
    assert [format(int(each), "016x") for each in hashes] == [
        "c67335debb5bcaa5",
        "ab1ea09a3a86d211",
        "d51b7ce3160b7ac9",
    ]
