"""What each type of columns means."""

from typing import get_args

import numpy as np
import pytest

from baton_engine.tables.column_types import COLUMN_TYPES, LABEL_TYPES, ColumnType
from baton_registry.versions.schema import Label, TypeName

TYPES = pytest.mark.parametrize("kind", COLUMN_TYPES.values(), ids=[*COLUMN_TYPES])


def test_every_type_that_a_schema_may_have_is_known() -> None:
    """By its own name, and no other."""
    assert {*COLUMN_TYPES} == {*get_args(TypeName)}
    assert all(kind.name == name for name, kind in COLUMN_TYPES.items())


@TYPES
def test_what_is_made_up_is_of_the_type(kind: ColumnType) -> None:
    """As Python reads it from JSON, within the limits, and as numpy keeps it, unchanged."""
    assert {*map(type, kind.samples)} == {kind.python}
    assert np.array(kind.samples, kind.dtype).tolist() == [*kind.samples]
    least, greatest = kind.limits
    assert kind.python is str or all(least <= value <= greatest for value in kind.samples)


@TYPES
def test_the_limits_are_those_of_numpy(kind: ColumnType) -> None:
    """They are the numbers that the type holds, and JSON's schema names the same."""
    if kind.python is int:
        assert kind.limits == (np.iinfo(kind.dtype).min, np.iinfo(kind.dtype).max)
    if kind.python is float:
        assert kind.limits == (float(np.finfo(kind.dtype).min), float(np.finfo(kind.dtype).max))
    named = {"minimum", "maximum"} & {*kind.json_schema}
    assert bool(named) == (kind.name in ("integer", "long", "float"))
    assert {kind.json_schema[each] for each in named} <= {*kind.limits}


@TYPES
def test_only_whole_numbers_are_whole(kind: ColumnType) -> None:
    """Booleans are none, although Python takes them for integers."""
    assert kind.is_whole == (kind.name in ("integer", "long"))


@pytest.mark.parametrize("label", [True, 3, "yes"])
def test_labels_have_types_of_columns(label: Label) -> None:
    """The type of the labels decides."""
    assert LABEL_TYPES[type(label)].python is type(label)
