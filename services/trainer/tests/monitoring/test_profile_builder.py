from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import LABEL, PROBABILITIES, VALUE
from baton_trainer.monitoring import profile_builder
from baton_trainer.monitoring.profile import (
    MAX_CATEGORIES,
    ColumnProfile,
    count_bins,
    parse_profile,
)
from baton_trainer.monitoring.profile_builder import build_profile
from baton_trainer.tables.table import Table
from tests.support.trainer.tables import ROWS, TARGETS, some_table


def make_answers(table: Table) -> Scores:
    """Answers for the held-out rows: labels are indices, as in `Outcome.answers`."""
    size = int(table.held_out.sum())
    if not table.classes:
        return {VALUE: np.linspace(0, 1, size)}
    labels = np.arange(size) % len(table.classes)
    return {LABEL: labels, PROBABILITIES: np.eye(len(table.classes), dtype=np.float32)[labels]}


def choose_edges(values: list[float]) -> tuple[float, ...]:
    """Returns the edges for a hundred times these numbers."""
    return profile_builder._choose_bins(np.sort(np.array(values * 100, np.float64)))[0]


def test_every_column_is_described_by_its_schema() -> None:
    """Training rows only; booleans and texts are categories."""
    table = some_table()
    profile = build_profile(table, make_answers(table))
    rows = table.features[~table.held_out]
    assert profile.rows == len(rows)
    assert [*profile.columns] == [each.name for each in table.columns]
    assert {name: each.type for name, each in profile.columns.items()} == {
        "flag": "category",
        "gappy flag": "category",
        "prix (€)": "number",
        "label": "category",
        "gappy text": "category",
        "whole": "number",
        "gappy whole": "number",
    }
    flags = profile.columns["gappy flag"]
    assert {*(flags.categories or {})} == {"False", "True"}
    assert flags.missing == rows["gappy flag"].isna().sum()
    for name, each in profile.columns.items():
        counted = sum(each.counts or (each.categories or {}).values())
        assert counted + (each.other or 0) + each.missing == len(rows), name


def test_numbers_have_ten_bins_of_about_equal_size() -> None:
    table = some_table(rows=4_000)
    column = build_profile(table, make_answers(table)).columns["prix (€)"]
    values = table.features["prix (€)"][~table.held_out].to_numpy()
    assert column.edges is not None
    assert (len(column.edges), column.min, column.max) == (9, values.min(), values.max())
    assert column.counts == pytest.approx([len(values) / 10] * 10, abs=1)
    assert tuple(count_bins(column.edges, values)) == column.counts


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([], ()),
        ([7.0], ()),
        ([0.0, 1.0], (0.5,)),
        ([0.0] * 19 + [1.0], (0.5,)),
        ([0.0] + [1.0] * 19, (0.5,)),
        ([0.0] + [1.0] * 98 + [2.0], (0.5, 1.5)),
        ([1.0, 2.0, 3.0], (1.5, 2.5)),
        ([-1e308, 1e308], (0.0,)),
        ([1.0, np.nextafter(1.0, 2.0)], (np.nextafter(1.0, 2.0),)),
    ],
)
def test_few_different_numbers_have_edges_between_them(
    values: list[float], edges: tuple[float, ...]
) -> None:
    """Also a number that is in most of the rows has a bin of its own."""
    assert choose_edges(values) == edges


@given(hnp.arrays(np.float64, st.integers(1, 200), elements=st.floats(-1e308, 1e308)))
def test_edges_increase_and_no_bin_is_empty(values: NDArray[np.float64]) -> None:
    """Whatever the numbers are: equal ones, neighbours, few."""
    ordered = np.sort(values)
    edges, counts = profile_builder._choose_bins(ordered)
    assert [*edges] == sorted({*edges})
    assert tuple(count_bins(edges, ordered)) == counts
    assert all(counts)
    assert len(counts) <= min(10, len({*values.tolist()}))


def test_column_without_a_value_in_the_training_rows_has_no_range() -> None:
    table = some_table()
    cells = np.where(table.held_out, 1.5, np.nan)
    changed = replace(table, features=table.features.assign(**{"prix (€)": cells}))
    profile = build_profile(changed, make_answers(table))
    column = profile.columns["prix (€)"]
    assert (column.edges, column.counts, column.min, column.max) == ((), (0,), None, None)
    assert parse_profile(profile.to_json()) == profile


def test_rare_texts_are_counted_together() -> None:
    texts = [f"t{row % 150:03}" for row in range(4_000)]
    table = some_table(rows=4_000, more={"many": texts})
    column = build_profile(table, make_answers(table)).columns["many"]
    assert column.categories is not None
    assert len(column.categories) == MAX_CATEGORIES
    assert [*column.categories.values()] == sorted(column.categories.values(), reverse=True)
    assert (column.other or 0) + sum(column.categories.values()) == (~table.held_out).sum()
    assert column.other


def test_private_columns_have_no_values() -> None:
    """Only the kind, and how many values are missing."""
    table = some_table(private=("gappy text", "prix (€)", "gappy flag"))
    profile = build_profile(table, make_answers(table))
    missing = table.features[~table.held_out].isna().sum()
    assert profile.columns["gappy text"] == ColumnProfile(
        type="category", missing=int(missing["gappy text"]), private=True
    )
    assert profile.columns["prix (€)"] == ColumnProfile(type="number", missing=0, private=True)
    assert profile.columns["gappy flag"].categories is None
    assert profile.columns["label"].categories


@pytest.mark.parametrize("target", TARGETS)
def test_outputs_have_the_names_of_scored_files(target: str) -> None:
    """Labels by their texts, probabilities in bins; of the held-out rows."""
    table = some_table(TARGETS[target])
    outputs = build_profile(table, make_answers(table)).outputs
    texts = [str(label) for label in table.classes]
    assert [*outputs] == ["label", *(f"probability_{text}" for text in texts)]
    assert {*(outputs["label"].categories or {})} == {*texts}
    assert sum((outputs["label"].categories or {}).values()) == table.held_out.sum()
    assert sum(outputs[f"probability_{texts[0]}"].counts or ()) == table.held_out.sum()


def test_regression_has_its_value() -> None:
    table = some_table(np.random.default_rng(0).normal(size=ROWS), task="regression")
    outputs = build_profile(table, make_answers(table)).outputs
    assert [*outputs] == ["value"]
    assert sum(outputs["value"].counts or ()) == table.held_out.sum()
