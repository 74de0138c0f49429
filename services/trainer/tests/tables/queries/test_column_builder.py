import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from baton_trainer.tables.queries.column_builder import ColumnBuilder

CET = dt.timezone(dt.timedelta(hours=1))


def build(*parts: list[Any]) -> Any:
    builder = ColumnBuilder()
    for part in parts:
        builder.add(part)
    return builder.build()


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, None], "Int64", [1, None]),
        ([2**70, 1], "Float64", [2.0**70, 1.0]),
        ([1, Decimal("0.5"), 2.5], "Float64", [1.0, 0.5, 2.5]),
        ([True, None], "Boolean", [True, None]),
        ([None], "Utf8", [None]),
        ([UUID(int=5)], "Utf8", [str(UUID(int=5))]),
        ([dt.time(12, 30)], "Utf8", ["12:30:00"]),
        ([dt.date(1969, 12, 31), None], "Date32", [dt.date(1969, 12, 31), None]),
        ([dt.datetime(2024, 1, 31, 1, 2, 3, 4)], "Timestamp(µs)", None),  # noqa: DTZ001
        ([dt.datetime(2024, 1, 31, tzinfo=CET)], 'Timestamp(µs, "UTC")', None),
    ],
)
def test_a_type_of_python_is_one_of_arrow(
    values: list[Any], kind: str, expected: list[Any] | None
) -> None:
    column = build(values)
    assert kind in str(column.type)
    assert column.to_pylist() == (expected or values)


def test_a_boolean_is_no_number() -> None:
    assert "several types (boolean and whole number)" in build([True], [1])


def test_a_time_zone_makes_another_type() -> None:
    moment = dt.datetime(2024, 1, 31, tzinfo=CET)
    assert "several types" in build([moment, moment.replace(tzinfo=None)])
