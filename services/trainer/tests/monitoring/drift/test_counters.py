"""Counting logged cells in the bins of a profile."""

import numpy as np
import pyarrow as pa

from baton_common.prediction_log import MAX_TEXT
from baton_trainer.monitoring.drift.counters import MAX_EXAMPLES, Cells, create_counter
from baton_trainer.monitoring.profile import ColumnProfile, OutputProfile

NUMBER = ColumnProfile(
    type="number", missing=2, edges=(10.0, 20.0), counts=(5, 6, 7), min=1.0, max=30.0
)
CATEGORY = ColumnProfile(type="category", missing=1, categories={"a": 6, "other": 3}, other=4)


def count(profile: ColumnProfile | OutputProfile, *files: pa.Array) -> Cells:
    counter = create_counter(profile)
    for cells in files:
        counter.add(pa.chunked_array([cells]))
    return counter.count()


def test_numbers_of_several_files() -> None:
    """A value that equals an edge is in the bin above it, as in the profile."""
    cells = count(NUMBER, pa.array([1.0, 10.0, None, float("nan")]), pa.array([20, 31, 0, -5]))
    assert cells.names == ("below 10", "10 to 20", "from 20", "missing")
    assert cells.before.tolist() == [5, 6, 7, 2]
    assert cells.now.tolist() == [3, 1, 2, 2]
    assert (cells.outside, cells.low, cells.high, cells.rows) == (3, -5.0, 31.0, 8)


def test_infinite_numbers_are_out_of_range_and_no_end_of_it() -> None:
    cells = count(NUMBER, pa.array([np.inf, -np.inf, 15.0]))
    assert (cells.now.tolist(), cells.outside) == ([1, 1, 1, 0], 2)
    assert (cells.low, cells.high) == (15.0, 15.0)


def test_bounds_of_single_precision_are_not_out_of_range() -> None:
    """0.1 as float32 is above 0.1."""
    profile = ColumnProfile(type="number", missing=0, edges=(), counts=(2,), min=0.1, max=0.1)
    assert count(profile, pa.array([0.1], pa.float32())).outside == 0


def test_categories_of_several_files() -> None:
    """The bin of unlisted categories is not the category `other`."""
    cells = count(CATEGORY, pa.array(["a", "other", None]), pa.array(["x", "y", "x", "a"]))
    assert cells.names == ("a", "other", "other", "missing")
    assert cells.before.tolist() == [6, 3, 4, 1]
    assert cells.now.tolist() == [2, 1, 3, 1]
    assert (cells.unseen, cells.unseen_before, cells.examples) == (3, 4, ("x", "y"))


def test_unseen_categories_are_named_by_frequency() -> None:
    texts = [text for number, text in enumerate("pqrst") for _ in range(number + 1)]
    assert count(CATEGORY, pa.array(texts)).examples == ("t", "s", "r")[:MAX_EXAMPLES]


def test_booleans_and_whole_numbers_are_categories_by_their_texts() -> None:
    booleans = ColumnProfile(
        type="category", missing=0, categories={"False": 1, "True": 1}, other=0
    )
    assert count(booleans, pa.array([True, True, False])).now.tolist() == [1, 2, 0, 0]
    labels = OutputProfile(categories={"0": 5, "1": 4})
    assert count(labels, pa.array([1, 1, 0])).now.tolist() == [1, 2, 0, 0]


def test_long_categories_are_compared_as_the_log_cuts_them() -> None:
    """Two that differ only behind the cut are one."""
    long = "x" * MAX_TEXT
    profile = CATEGORY.model_copy(update={"categories": {f"{long}1": 4, f"{long}2": 2, "a": 1}})
    cells = count(profile, pa.array([long, long, "a"]))
    assert (cells.before.tolist(), cells.now.tolist()) == ([6, 1, 4, 1], [2, 1, 0, 0])


def test_dictionaries_are_texts() -> None:
    """A file may store them so."""
    cells = pa.array(["a", "x", "a"]).dictionary_encode()
    assert count(CATEGORY, cells).now.tolist() == [2, 0, 1, 0]


def test_private_columns_have_only_missing_cells() -> None:
    """No bins, no range, no examples."""
    cells = count(ColumnProfile(type="category", missing=3, private=True), pa.array(["x", None]))
    assert cells.names == ("present", "missing")
    assert np.array_equal(cells.now, [1, 1])
    assert (cells.examples, cells.low, cells.outside, cells.unseen) == ((), None, None, None)


def test_empty_files_count_nothing() -> None:
    assert count(NUMBER, pa.array([], pa.float64())).rows == 0
    assert count(CATEGORY, pa.array([], pa.string())).rows == 0
