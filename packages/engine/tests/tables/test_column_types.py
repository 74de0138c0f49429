"""The column types."""

from typing import get_args

import numpy as np
import pytest

from baton_engine.tables.column_types import COLUMN_TYPES, ColumnType
from baton_registry.versions.schema import TypeName

TYPES = pytest.mark.parametrize("kind", COLUMN_TYPES.values(), ids=[*COLUMN_TYPES])


def test_every_schema_type_is_defined() -> None:
    assert {*COLUMN_TYPES} == {*get_args(TypeName)}
    assert all(kind.name == name for name, kind in COLUMN_TYPES.items())


@TYPES
def test_samples_have_the_type(kind: ColumnType) -> None:
    """In Python and in numpy, and within the limits."""
    assert {*map(type, kind.samples)} == {kind.python}
    assert np.array(kind.samples, kind.dtype).tolist() == [*kind.samples]
    least, greatest = kind.limits
    assert kind.python is str or all(least <= value <= greatest for value in kind.samples)


@TYPES
def test_limits_are_those_of_numpy(kind: ColumnType) -> None:
    """The JSON schema has the same limits."""
    if kind.python is int:
        assert kind.limits == (np.iinfo(kind.dtype).min, np.iinfo(kind.dtype).max)
    if kind.python is float:
        assert kind.limits == (float(np.finfo(kind.dtype).min), float(np.finfo(kind.dtype).max))
    named = {"minimum", "maximum"} & {*kind.json_schema}
    assert bool(named) == (kind.name in ("integer", "long", "float"))
    assert {kind.json_schema[each] for each in named} <= {*kind.limits}


@TYPES
def test_booleans_are_not_integers(kind: ColumnType) -> None:
    """Although they are in Python."""
    assert kind.is_integer == (kind.name in ("integer", "long"))
