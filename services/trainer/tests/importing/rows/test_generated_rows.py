"""Which rows are generated beside those of the file."""

import numpy as np

from baton_registry.versions.schema import Column
from baton_trainer.importing.rows import generated_rows
from baton_trainer.importing.rows.generated_rows import MAX_ROWS, UNSEEN_TEXT, generate_rows
from baton_trainer.importing.rows.rows import Rows

COLUMNS = (
    Column("age", "double", required=False),
    Column("visits", "long"),
    Column("plan", "string", required=False),
    Column("city", "string"),
    Column("paid", "boolean"),
)


def make_rows() -> Rows:
    arrays = {
        "age": np.array([np.nan, 30.0, 0.1]),
        "visits": np.array([1, 2, 3]),
        "plan": np.array(["basic", "pro", ""], object),
        "city": np.array(["Rome", "Oslo", "Rome"], object),
        "paid": np.array([True, False, True]),
    }
    return Rows(COLUMNS, arrays, ["row 1", "row 2", "row 3"])


def list_variants(name: str) -> dict[str, object]:
    """The values of a column in the rows that vary it, by the description."""
    rows = generate_rows(make_rows())
    return {
        location.removeprefix("row 2, "): value
        for location, value in zip(rows.locations, rows.arrays[name].tolist(), strict=True)
        if location.startswith(f"row 2, {name} ")
    }


def test_optional_columns_are_missing_once() -> None:
    assert np.isnan(list_variants("age")["age missing"])  # type: ignore[call-overload]
    assert list_variants("plan")["plan missing"] == ""
    assert not any("missing" in each for each in list_variants("city"))


def test_texts_are_unseen() -> None:
    assert list_variants("city") == {"city unseen": UNSEEN_TEXT}


def test_numbers_are_at_their_limits_and_beside_them() -> None:
    """Beside: the next double and the next float32, where trees round."""
    values = list_variants("age")
    assert values["age at its greatest"] == 30.0
    assert values["age at its least"] == 0.1
    assert values["age at its least - 1 float64 ulp"] == np.nextafter(0.1, -np.inf)
    assert values["age at its greatest + 1 float64 ulp"] == np.nextafter(30.0, np.inf)
    below = np.nextafter(np.float32(30), np.float32(-np.inf))
    assert values["age at its greatest - 1 float32 ulp"] == float(below)


def test_whole_numbers_vary_by_one() -> None:
    values = list_variants("visits")
    assert sorted(values.values()) == [0, 1, 2, 2, 3, 4]  # type: ignore[type-var]


def test_only_one_cell_of_a_real_row_varies() -> None:
    """The real row has no gaps, if there is such a row."""
    rows = generate_rows(make_rows())
    assert {location.partition(",")[0] for location in rows.locations} == {"row 2"}
    base = {"age": 30.0, "visits": 2, "plan": "pro", "city": "Oslo", "paid": False}
    for index in range(len(rows)):
        row = {name: values[index] for name, values in rows.arrays.items()}
        assert sum(row[name] != value for name, value in base.items()) <= 1


def test_wide_tables_are_limited() -> None:
    columns = tuple(Column(f"c{index}", "double") for index in range(2_000))
    arrays = {column.name: np.arange(5.0) for column in columns}
    rows = generate_rows(Rows(columns, arrays, [f"row {index}" for index in range(5)]))
    assert len(rows) == MAX_ROWS


def test_rows_with_gaps_are_varied_if_there_are_no_others() -> None:
    rows = make_rows()
    first = Rows(COLUMNS, rows.take(np.array([0])), ["row 1"])
    generated = generated_rows.generate_rows(first)
    assert np.isnan(generated.arrays["age"]).all()
