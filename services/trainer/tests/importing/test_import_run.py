"""The choices of an import."""

from pathlib import Path

import pytest

from baton_trainer.errors import DataError
from baton_trainer.importing.import_run import check_private, choose_names
from baton_trainer.importing.request import ImportRequest
from baton_trainer.importing.source.columns import choose_inputs
from baton_trainer.tables.files import csv_file


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [(("low", "high"), ("low", "high")), ((), ("y0", "y1")), (("low",), ("y0", "y1"))],
)
def test_outputs_have_the_names_of_the_schema(
    recorded: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert choose_names(recorded, ("y0", "y1")) == expected


def test_private_column_that_the_model_does_not_take_is_an_error() -> None:
    """It may be a typing error."""
    schema = '[{"name": "age", "type": "double"}]'
    file = csv_file.parse(b"age,other\n1,2\n", "some.csv")
    inputs = choose_inputs({"signature": {"inputs": schema}}, file, "")
    check_private(ImportRequest("m", Path("some.csv"), private=("age",)), inputs)
    with pytest.raises(DataError, match=r"--private: the model has no column 'agee'; .*: age$"):
        check_private(ImportRequest("m", Path("some.csv"), private=("agee",)), inputs)
