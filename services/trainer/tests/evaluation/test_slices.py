import pandas as pd

from baton_registry.versions.schema import Column
from baton_trainer.evaluation.slices import list_slices

FEATURES = pd.DataFrame(
    {
        "text": pd.Series(["a", "b", None, "a"], dtype=object),
        "flag": pd.Series([True, False, None, True], dtype=object),
        "number": [1, 2, 3, 4],
        "many": ["w", "x", "y", "z"],
    }
)
COLUMNS = (
    Column("text", "string", required=False, categories=("a", "b")),
    Column("flag", "boolean", required=False),
    Column("number", "long"),
    Column("many", "string"),
)


def test_each_category_and_boolean_is_a_slice() -> None:
    """A missing value is in no slice."""
    result = {
        (each.column, each.value): each.rows.tolist() for each in list_slices(FEATURES, COLUMNS)
    }
    assert result == {
        ("text", "a"): [True, False, False, True],
        ("text", "b"): [False, True, False, False],
        ("flag", False): [False, True, False, False],
        ("flag", True): [True, False, False, True],
    }
