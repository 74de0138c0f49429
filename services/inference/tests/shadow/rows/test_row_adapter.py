"""Rows of one schema as rows of another."""

from baton_inference.shadow.rows.row_adapter import compile_adapter
from baton_registry.versions.schema import Column, Schema

X, N = Column("x", "double"), Column("n", "long")
NOTE = Column("note", "string", required=False)
CITY = Column("city", "string", required=False)


def test_the_same_columns_stay() -> None:
    cells = (0.5, 1, None)
    assert compile_adapter(Schema((X, N, NOTE)), Schema((X, N, NOTE)))(cells) is cells


def test_columns_in_another_order_are_permuted() -> None:
    assert compile_adapter(Schema((X, N, NOTE)), Schema((NOTE, X, N)))((0.5, 1, "a")) == (
        "a",
        0.5,
        1,
    )


def test_a_column_that_only_the_other_has_is_missing() -> None:
    assert compile_adapter(Schema((X, N)), Schema((X, CITY, N)))((0.5, 1)) == (0.5, None, 1)


def test_a_column_that_the_other_lacks_is_left_out() -> None:
    assert compile_adapter(Schema((X, CITY, N)), Schema((X, N)))((0.5, "b", 1)) == (0.5, 1)


def test_a_row_without_a_required_value_is_refused() -> None:
    """Production may require what the canary takes as optional."""
    required = Column("note", "string")
    adapt = compile_adapter(Schema((X, NOTE)), Schema((X, required)))
    assert adapt((0.5, None)) is None
    assert adapt((0.5, "a")) == (0.5, "a")
