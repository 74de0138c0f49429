from baton_trainer.cards import card_grids
from baton_trainer.cards.grids import Grid
from tests.support.trainer.tables import some_table


def rows(found: Grid) -> dict[str, tuple[str, ...]]:
    """By their first cell; all of them as long as the head."""
    assert {len(each) for each in found.rows} == {len(found.heads)}
    return {each[0]: each[1:] for each in found.rows}


def test_the_columns_are_described_by_their_values() -> None:
    """The range of numbers, the frequent texts, what is missing."""
    columns = rows(card_grids.columns(some_table()))
    assert columns["whole"] == ("long", "none", columns["whole"][2])
    assert columns["whole"][2].startswith("0 to 49, median ")
    assert "a " in columns["label"][2]
    assert columns["gappy whole"][1].endswith("%")


def test_every_class_is_counted_in_both_parts() -> None:
    """No row is lost."""
    data = some_table()
    found = rows(card_grids.class_rows(data))
    assert sum(int(n) for each in found.values() for n in each) == len(data.target)
