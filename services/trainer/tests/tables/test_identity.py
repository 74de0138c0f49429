import pandas as pd

from baton_trainer.tables.identity import find_repeating_id

ROWS = pd.DataFrame(
    {"order": ["1", "2", "3", "4"], "customer": ["a", "a", "b", ""], "shop": ["x", "x", "x", "x"]}
)


def test_an_id_that_does_not_repeat_is_ignored() -> None:
    """Repeated missing values do not count."""
    assert find_repeating_id(ROWS, ()) is None
    assert find_repeating_id(ROWS, ("order",)) is None
    gaps = pd.DataFrame({"id": ["1", "", "NA", ""]})
    assert find_repeating_id(gaps, ("id",)) is None


def test_the_id_with_the_fewest_values_counts() -> None:
    """Of orders, customers and shops the shops: their rows hold all rows of a customer."""
    found = find_repeating_id(ROWS, ("order", "customer"))
    assert found is not None
    assert found.name == "customer"
    assert found.tolist() == ["a", "a", "b", None]
    found = find_repeating_id(ROWS, ("order", "customer", "shop"))
    assert found is not None
    assert found.name == "shop"


def test_numbers_are_ids_like_texts() -> None:
    """A Parquet file has them typed; a gap makes whole numbers fractions."""
    found = find_repeating_id(pd.DataFrame({"id": [7.0, 7.0, None]}), ("id",))
    assert found is not None
    assert found.tolist() == ["7", "7", None]
