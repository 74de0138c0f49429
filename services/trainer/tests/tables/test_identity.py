import pandas as pd

from baton_trainer.tables.identity import find_repeating_id

ROWS = pd.DataFrame(
    {"order": ["1", "2", "3", "4"], "customer": ["a", "a", "b", ""], "shop": ["x", "x", "x", "x"]}
)


def test_an_id_that_does_not_repeat_is_ignored() -> None:
    """Repeated missing values do not count."""
    assert find_repeating_id(ROWS, ()) is None
    assert find_repeating_id(ROWS, ("order",)) is None
    missing = pd.DataFrame({"id": ["1", "", "NA", ""]})
    assert find_repeating_id(missing, ("id",)) is None


def test_the_id_with_the_fewest_values_counts() -> None:
    """A shop has all rows of its customers, and a customer all rows of its orders."""
    result = find_repeating_id(ROWS, ("order", "customer"))
    assert result is not None
    assert result.name == "customer"
    assert result.tolist() == ["a", "a", "b", None]
    result = find_repeating_id(ROWS, ("order", "customer", "shop"))
    assert result is not None
    assert result.name == "shop"


def test_numbers_are_ids_like_texts() -> None:
    """In a Parquet file they are typed; a missing value makes whole numbers floats."""
    result = find_repeating_id(pd.DataFrame({"id": [7.0, 7.0, None]}), ("id",))
    assert result is not None
    assert result.tolist() == ["7", "7", None]
