import re
from dataclasses import replace

import pytest

from baton_registry.versions.manifest import Manifest
from baton_trainer.errors import NotComparable
from baton_trainer.gate.comparison import compare_models
from baton_trainer.request import Columns
from baton_trainer.tables.split import split
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer.comparable_models import bad, bad_where_a, good, make_model
from tests.support.trainer.tables import (
    TARGET,
    as_file,
    changed_table,
    make_features,
    make_text_target,
    some_table,
)


@pytest.fixture(scope="module")
def large() -> Table:
    return some_table(rows=4_000)


def test_models_are_compared_on_the_held_out_rows(large: Table) -> None:
    """The difference is the first model's ROC AUC minus the second model's."""
    comparison = compare_models(
        make_model(large, name="one"), make_model(large, bad, name="two"), large
    )
    assert (comparison.first, comparison.second) == ("one", "two")
    assert comparison.rows == large.held_out.sum()
    assert comparison.difference.first == pytest.approx(1 - comparison.difference.second)
    assert comparison.difference.interval[0] > 0.3
    assert comparison.warnings == ()
    assert comparison.change.other_label_share == 1
    assert [*comparison.change.score_shifts] == ["yes"]


def test_rows_that_one_model_learned_from_are_not_used(large: Table) -> None:
    """A version with fewer columns held out different rows; only common rows remain."""
    fewer = tuple(each for each in large.columns if each.name != "whole")
    comparison = compare_models(make_model(large), make_model(large, columns=fewer), large)
    names = [each.name for each in fewer]
    both = large.held_out & split(large.features[names]).held_out
    assert 0 < comparison.rows == both.sum() < large.held_out.sum()


def test_columns_that_no_model_has_are_ignored(large: Table) -> None:
    """The rows that both models held out are used."""
    fewer = tuple(each for each in large.columns if each.name != "whole")
    names = [each.name for each in fewer]
    comparison = compare_models(
        make_model(large, columns=fewer), make_model(large, columns=fewer), large
    )
    assert comparison.rows == split(large.features[names]).held_out.sum()


def test_version_not_trained_by_baton_is_compared_with_a_warning(large: Table) -> None:
    """Its held-out rows are unknown."""
    fewer = tuple(each for each in large.columns if each.name != "whole")
    stranger = make_model(large, columns=fewer, holds_out=False)
    comparison = compare_models(make_model(large), stranger, large)
    assert comparison.rows == large.held_out.sum()
    assert len(comparison.warnings) == 1
    assert comparison.warnings[0].startswith("version 3 was not trained by Baton")
    assert compare_models(stranger, stranger, large).rows == large.held_out.sum()


def test_repeating_id_decides_which_rows_are_held_out() -> None:
    """A model that held out row by row keeps its own split; a missing id is a warning."""
    frame = make_features(4_000).assign(customer=[f"c{row % 1_500}" for row in range(4_000)])
    frame[TARGET] = make_text_target(frame)
    by_id = build_table(as_file(frame), Columns(target=TARGET, id=("customer",)))
    assert by_id.held_out_by == "customer"
    grouped = make_model(by_id, held_out_by="customer")
    assert compare_models(grouped, grouped, by_id).rows == by_id.held_out.sum()
    row_by_row = compare_models(grouped, make_model(by_id), by_id)
    both = by_id.held_out & split(by_id.features).held_out
    assert 0 < row_by_row.rows == both.sum() < by_id.held_out.sum()
    plain = build_table(as_file(frame), Columns(target=TARGET, drop=("customer",)))
    comparison = compare_models(make_model(plain), grouped, plain)
    assert comparison.rows == plain.held_out.sum()
    assert comparison.warnings[0].startswith(
        "version 3 held out rows by 'customer', which is not a repeating id"
    )


def test_rows_that_one_model_cannot_score_are_not_used() -> None:
    """Rows with a missing value in a required column."""
    table = changed_table(whole=["", 1, 2, 3] * 100)
    strict = tuple(replace(each, required=each.name == "whole") for each in table.columns)
    comparison = compare_models(make_model(table), make_model(table, columns=strict), table)
    assert comparison.rows == (table.held_out & table.features["whole"].notna()).sum()


def test_slice_with_the_largest_drop_is_first(large: Table) -> None:
    """Only slices with enough rows of each class count."""
    comparison = compare_models(make_model(large, bad_where_a), make_model(large), large)
    worst = comparison.slices[0]
    assert (worst.column, worst.value) == ("label", "a")
    assert worst.rows == (large.features["label"][large.held_out] == "a").sum()
    assert worst.difference.interval[1] < -0.3
    drops = [each.difference.estimate for each in comparison.slices]
    assert drops == sorted(drops)
    few = some_table()
    assert compare_models(make_model(few), make_model(few), few).slices == ()


def test_error_says_why_models_cannot_be_compared() -> None:
    """A missing column; rows of a single class."""
    table = some_table()
    other = changed_table(more=["u", "v"] * 200)
    with pytest.raises(NotComparable, match="version 3: it needs column 'more'"):
        compare_models(make_model(table), make_model(other, good), table)
    one_class = replace(table, held_out=(table.target == "yes").to_numpy())
    with pytest.raises(
        NotComparable, match="held out from both one and two, and a class is missing"
    ):
        compare_models(make_model(table, name="one"), make_model(table, name="two"), one_class)


def test_private_columns_of_any_side_have_no_slices(large: Table) -> None:
    """The table's, or those of a model whose manifest names them: a slice's name has a value."""
    models = [make_model(large), make_model(large, bad)]
    every = {part.column for part in compare_models(models[0], models[1], large).slices}
    assert {"flag", "label"} <= every
    hidden = replace(large, private_columns=("flag",))
    assert "flag" not in {
        part.column for part in compare_models(models[0], models[1], hidden).slices
    }
    models[1] = replace(models[1], manifest=Manifest(private_columns=("label", "flag")))
    left = {part.column for part in compare_models(models[0], models[1], large).slices}
    assert left
    assert not left & {"label", "flag"}


def test_value_that_does_not_fit_is_not_quoted() -> None:
    """The reason is in the gate's tag, which every reader of the registry sees."""
    table = some_table(more={"whole": 918273 + 2**40 * (make_features()["whole"] > 3)})
    small = tuple(
        replace(each, type="integer") if each.name == "whole" else each for each in table.columns
    )
    with pytest.raises(NotComparable, match="version 3 fails on these rows") as caught:
        compare_models(make_model(table), make_model(table, columns=small), table)
    assert not re.search(r"\d{4}", str(caught.value))
