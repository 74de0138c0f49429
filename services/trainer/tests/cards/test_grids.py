from baton_trainer.cards import grids
from baton_trainer.cards.classes.card import build_class_grid
from baton_trainer.cards.grids import Grid
from tests.support.trainer.tables import some_table


def read_rows(grid: Grid) -> dict[str, tuple[str, ...]]:
    """The rows by their first cell; all are as long as the head."""
    assert {len(each) for each in grid.rows} == {len(grid.heads)}
    return {each[0]: each[1:] for each in grid.rows}


def test_columns_are_described_by_their_values() -> None:
    """The range of numbers, the frequent texts, the share of missing values."""
    columns = read_rows(grids.build_column_grid(some_table()))
    assert columns["whole"] == ("long", "none", columns["whole"][2])
    assert columns["whole"][2].startswith("0 to 49, median ")
    assert "a " in columns["label"][2]
    assert columns["gappy whole"][1].endswith("%")


def test_every_row_is_counted_with_its_class() -> None:
    data = some_table()
    counts = read_rows(build_class_grid(data))
    assert sum(int(n) for each in counts.values() for n in each) == len(data.target)


def test_values_of_private_columns_are_not_shown() -> None:
    """Neither the range of numbers nor texts; the share of missing values is."""
    columns = read_rows(grids.build_column_grid(some_table(private=("whole", "label", "flag"))))
    assert columns["whole"] == ("long", "none", "private")
    assert columns["label"] == ("string", "none", "private")
    assert columns["flag"] == ("boolean", "none", "private")
    assert "x " in columns["gappy text"][2]
