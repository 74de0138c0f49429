"""Columns that have gaps in the file become optional, where pandas has a value for a gap."""

from baton_registry.versions.schema import Column, Schema
from baton_trainer.importing.rows.gaps import allow_gaps
from baton_trainer.tables.files import csv_file

CSV = b"age,visits,plan,city,paid\n4.5,1,,Rome,true\n,,pro,Oslo,\n"
COLUMNS = (
    Column("age", "double"),
    Column("visits", "long"),
    Column("plan", "string"),
    Column("city", "string"),
    Column("paid", "boolean"),
    Column("absent", "double"),
)


def test_numbers_and_texts_with_gaps_become_optional() -> None:
    """MLflow has no value for a gap among whole numbers and booleans."""
    schema, opened = allow_gaps(Schema(COLUMNS), csv_file.parse(CSV, "some.csv"))
    assert opened == ["age", "plan"]
    required = [column.name for column in schema.columns if column.required]
    assert required == ["visits", "city", "paid", "absent"]


def test_without_gaps_nothing_changes() -> None:
    schema = Schema(COLUMNS)
    file = csv_file.parse(b"age,visits,plan,city,paid\n4.5,1,pro,Rome,true\n", "some.csv")
    assert allow_gaps(schema, file) == (schema, [])
