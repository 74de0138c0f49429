from dataclasses import replace

import pytest

from baton_trainer.errors import NotComparable
from baton_trainer.gate.comparison import compared
from baton_trainer.request import Columns
from baton_trainer.tables.split import split
from baton_trainer.tables.table import Table, validated
from tests.support.trainer.comparable_models import bad, bad_where_a, contender, good
from tests.support.trainer.tables import (
    TARGET,
    as_file,
    changed_table,
    features,
    some_table,
    text_target,
)


@pytest.fixture(scope="module")
def large() -> Table:
    return some_table(rows=4_000)


def test_both_are_judged_by_the_held_out_rows(large: Table) -> None:
    """The first one's figure minus the second one's."""
    found = compared(contender(large, name="one"), contender(large, bad, name="two"), large)
    assert (found.first, found.second) == ("one", "two")
    assert found.rows == large.held_out.sum()
    assert found.difference.first == pytest.approx(1 - found.difference.second)
    assert found.difference.interval[0] > 0.3
    assert found.doubts == ()


def test_rows_that_one_of_them_learned_from_judge_neither(large: Table) -> None:
    """A version of fewer columns held out other rows: those that both held out remain."""
    fewer = tuple(each for each in large.columns if each.name != "whole")
    found = compared(contender(large), contender(large, columns=fewer), large)
    names = [each.name for each in fewer]
    both = large.held_out & split(large.features[names]).held_out
    assert 0 < found.rows == both.sum() < large.held_out.sum()


def test_columns_that_neither_knows_are_of_no_account(large: Table) -> None:
    """The table may have more of them: what the two held out judges the two."""
    fewer = tuple(each for each in large.columns if each.name != "whole")
    names = [each.name for each in fewer]
    found = compared(contender(large, columns=fewer), contender(large, columns=fewer), large)
    assert found.rows == split(large.features[names]).held_out.sum()


def test_what_a_stranger_learned_from_is_not_known(large: Table) -> None:
    """A version that was not trained by us is judged all the same, and the doubt is told."""
    fewer = tuple(each for each in large.columns if each.name != "whole")
    stranger = contender(large, columns=fewer, holds_out=False)
    found = compared(contender(large), stranger, large)
    assert found.rows == large.held_out.sum()
    assert len(found.doubts) == 1
    assert found.doubts[0].startswith("version 3 was not trained by baton")
    assert compared(stranger, stranger, large).rows == large.held_out.sum()


def test_an_id_that_repeats_decides_for_those_who_held_out_by_it() -> None:
    """Who held out row by row judges by its own split too; an id that is not named here is told."""
    frame = features(4_000).assign(customer=[f"c{row % 1_500}" for row in range(4_000)])
    frame[TARGET] = text_target(frame)
    by_id = validated(as_file(frame), Columns(target=TARGET, id=("customer",)))
    assert by_id.held_out_by == "customer"
    grouped = contender(by_id, held_out_by="customer")
    assert compared(grouped, grouped, by_id).rows == by_id.held_out.sum()
    row_by_row = compared(grouped, contender(by_id), by_id)
    both = by_id.held_out & split(by_id.features).held_out
    assert 0 < row_by_row.rows == both.sum() < by_id.held_out.sum()
    plain = validated(as_file(frame), Columns(target=TARGET, drop=("customer",)))
    found = compared(contender(plain), grouped, plain)
    assert found.rows == plain.held_out.sum()
    assert found.doubts[0].startswith("version 3 held out rows by 'customer', which is no id that")


def test_rows_that_one_of_them_does_not_take_judge_neither() -> None:
    """Rows with a gap that its callers may not send."""
    table = changed_table(whole=["", 1, 2, 3] * 100)
    strict = tuple(replace(each, required=each.name == "whole") for each in table.columns)
    found = compared(contender(table), contender(table, columns=strict), table)
    assert found.rows == (table.held_out & table.features["whole"].notna()).sum()


def test_the_slice_that_falls_behind_most_is_in_front(large: Table) -> None:
    """Only slices with enough rows of each class count."""
    found = compared(contender(large, bad_where_a), contender(large), large)
    worst = found.slices[0]
    assert (worst.column, worst.value) == ("label", "a")
    assert worst.rows == (large.features["label"][large.held_out] == "a").sum()
    assert worst.difference.interval[1] < -0.3
    drops = [each.difference.estimate for each in found.slices]
    assert drops == sorted(drops)
    few = some_table()
    assert compared(contender(few), contender(few), few).slices == ()


def test_what_cannot_be_compared_says_why() -> None:
    """A column that one needs and the table lacks; rows of a single class."""
    table = some_table()
    other = changed_table(more=["u", "v"] * 200)
    with pytest.raises(NotComparable, match="version 3: it needs column 'more'"):
        compared(contender(table), contender(other, good), table)
    one_class = replace(table, held_out=(table.target == "yes").to_numpy())
    with pytest.raises(
        NotComparable, match="held out for both one and two, and a class is missing"
    ):
        compared(contender(table, name="one"), contender(table, name="two"), one_class)
