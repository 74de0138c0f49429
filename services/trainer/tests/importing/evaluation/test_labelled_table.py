"""The rows with a truth, as the gate compares them."""

from dataclasses import replace

import pytest

from baton_registry.versions.output_schema import Label
from baton_trainer.errors import DataError
from baton_trainer.importing.evaluation.labelled_table import LabelledTable, build_labelled_table
from baton_trainer.importing.rows.file_rows import read_rows
from baton_trainer.importing.source.columns import choose_inputs
from baton_trainer.tables.files import csv_file

SCHEMA = '[{"name": "age", "type": "double"}]'


def build(labels: list[str], classes: tuple[Label, ...]) -> LabelledTable:
    """A table whose second row the service refuses; the column `other` is not the model's."""
    lines = ["age,other,goal", *(f"{i + 20},{i},{label}" for i, label in enumerate(labels))]
    lines[2] = lines[2].replace("21,", ",", 1)
    file = csv_file.parse("\n".join(lines).encode(), "some.csv")
    chosen = choose_inputs({"signature": {"inputs": SCHEMA}}, file, "goal")
    inputs = replace(chosen, private=("age",))
    read = read_rows(file, inputs.schema.columns, inputs.decimal)
    return build_labelled_table(inputs, read, "goal", classes)


def test_labels_have_the_types_of_the_classes() -> None:
    """A file has texts; rows without a label or refused by the service are left out."""
    built = build(["1", "0", "", "0", "1"], (0, 1))
    assert built.table.target.tolist() == [1, 0, 1]
    assert built.positions.tolist() == [0, 2, 3]
    assert built.table.features["age"].tolist() == [20.0, 23.0, 24.0]
    assert built.table.features["other"].tolist() == [0, 3, 4]
    assert built.table.positive == 1
    assert built.table.private_columns == ("age",)
    assert build(["true", "False", "False", "TRUE"], (False, True)).table.target.tolist() == [
        True, False, True,
    ]  # fmt: skip


def test_labels_of_another_model_are_refused() -> None:
    with pytest.raises(DataError, match="maybe"):
        build(["yes", "no", "maybe", "no"], ("no", "yes"))
    with pytest.raises(DataError, match="fewer than two"):
        build(["yes", "no", "yes", "yes"], ("no", "yes"))


def test_values_of_a_regression_are_numbers() -> None:
    """Rows without a value, or refused by the service, are left out."""
    built = build(["1.5", "0", "", "7", "2"], ())
    assert built.table.target.tolist() == [1.5, 7.0, 2.0]
    assert built.positions.tolist() == [0, 2, 3]
    assert not built.table.output_schema.is_classifier
    with pytest.raises(DataError, match="not a column of numbers"):
        build(["1.5", "much", "2", "3"], ())
    with pytest.raises(DataError, match="fewer than two different values"):
        build(["1.5", "1.5", "1.5", "1.5"], ())
