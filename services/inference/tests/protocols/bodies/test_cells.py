"""One cell: the values that a column allows."""

import msgspec
import pytest

from baton_engine.tables.cell_errors import CellError
from baton_inference.protocols.bodies.cells import CellReader
from baton_registry.versions.schema import Column, TypeName


def read(kind: TypeName, text: str, *, required: bool = True) -> object:
    """Reads the value of a cell."""
    return CellReader(Column("c", kind, required)).read(msgspec.Raw(text))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("boolean", "true", True),
        ("integer", "-2147483648", -(2**31)),
        ("integer", "2147483647.0", 2**31 - 1),
        ("long", "9223372036854775807", 2**63 - 1),
        ("long", "1e2", 100),
        ("float", "3.4028234663852886e38", 3.4028234663852886e38),
        ("float", "1", 1.0),
        ("double", "1e308", 1e308),
        ("string", '"\\u00e9"', "é"),
    ],
)
def test_allowed_values_are_read(kind: TypeName, text: str, value: object) -> None:
    """A column allows the values of its type, integers for floats, and whole numbers like 1.0."""
    assert read(kind, text) == value
    assert type(read(kind, text)) is type(value)


@pytest.mark.parametrize("kind", ["boolean", "integer", "long", "float", "double", "string"])
def test_null_is_allowed_only_in_optional_columns(kind: TypeName) -> None:
    """It means a missing value."""
    assert read(kind, "null", required=False) is None
    with pytest.raises(CellError, match="null is not allowed"):
        read(kind, "null")


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("boolean", "1", "must be true or false, not a number"),
        ("boolean", '"true"', "must be true or false, not text"),
        ("integer", "2147483648", "beyond the range"),
        ("integer", "true", "must be a whole number, not a boolean"),
        ("integer", "0.5", "must be a whole number, not a fraction"),
        ("long", "1e999", "beyond the range"),
        ("long", "9223372036854775808.0", "beyond the range"),
        ("float", "3.5e38", "beyond the range"),
        ("double", "-1e999", "beyond the range"),
        ("double", "[1]", "must be a number, not an array"),
        ("string", "{}", "must be text, not an object"),
        ("string", "1", "must be text, not a number"),
    ],
)
def test_other_values_are_refused(kind: TypeName, text: str, message: str) -> None:
    """The message does not contain the value."""
    for required in (True, False):
        with pytest.raises(CellError, match=message):
            read(kind, text, required=required)
