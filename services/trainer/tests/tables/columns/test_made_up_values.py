import numpy as np
import pytest

from baton_engine.tables.typed_values import WrongType, cast_typed_values
from baton_engine.tables.values import Form, Texts
from baton_registry.versions.schema import Column, TypeName
from baton_trainer.tables.columns.made_up_values import hide_categories, make_up_value


def hide(*categories: str) -> Column:
    (column,) = hide_categories([Column("secret", "string", categories=categories)], ["secret"])
    return column


@pytest.mark.parametrize(
    "categories", [("9182", "73"), ("True", "False"), ("1931-07-05", "1931-07-06"), ("a", "73")]
)
def test_no_category_of_a_private_column_remains(categories: tuple[str, ...]) -> None:
    assert not {*hide(*categories).categories} & ({*categories} - {"True", "False"})


def test_other_columns_keep_their_categories() -> None:
    column = Column("open", "string", categories=("a", "b"))
    assert hide_categories([column], ["secret"]) == (column,)


@pytest.mark.parametrize(
    ("categories", "form", "text"),
    [
        (("9182", "73"), "number", "9182"),
        (("True", "False"), "boolean", "True"),
        (("1931-07-05", "1931-07-06"), "time", "1931-07-05"),
    ],
)
def test_typed_files_are_scored_as_before(
    categories: tuple[str, ...], form: Form, text: str
) -> None:
    """Numbers, booleans and times of a Parquet file have the texts that they had in training."""
    values = Texts([text], np.zeros(1, np.int32), form)
    known = Column("secret", "string", categories=categories)
    assert cast_typed_values(hide(*categories), values).tolist() == [text]
    assert cast_typed_values(known, values).tolist() == [text]


@pytest.mark.parametrize("categories", [("a", "b"), ("01067",), ("1.0", "2.5")])
def test_numbers_are_refused_where_their_spelling_is_unknown(categories: tuple[str, ...]) -> None:
    """`1` may be `1` or `1.0` in a column with fractions: unseen would be a wrong answer."""
    values = Texts(["1"], np.zeros(1, np.int32), "number")
    with pytest.raises(WrongType, match="must be text"):
        cast_typed_values(hide(*categories), values)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("boolean", False), ("long", 0), ("double", 0.0), ("string", "example")],
)
def test_made_up_value_has_the_type_of_the_column(kind: TypeName, value: object) -> None:
    made_up = make_up_value(Column("secret", kind))
    assert made_up == value
    assert type(made_up) is type(value)


def test_made_up_text_is_a_category_if_there_is_one() -> None:
    assert make_up_value(hide("9182")) == "0"
