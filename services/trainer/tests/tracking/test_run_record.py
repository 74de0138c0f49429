import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from baton_trainer.errors import RecordMissing
from baton_trainer.request import Data, TrainRequest
from baton_trainer.tracking import record
from baton_trainer.tracking.run_record import Record
from tests.support.trainer.tables import some_table

OTHER: dict[str, Any] = {
    "file": Path("own/t.csv"),
    "separator": ";",
    "encoding": "cp1252",
    "decimal": ",",
    "positive": "yes",
    "roles": {"a": "number"},
    "params": {"C": "0.1"},
}
"""Values other than the default where a type does not suggest one."""


def filled(section: type[BaseModel]) -> BaseModel:
    """A section none of whose keys has its default."""
    values: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            values[name] = filled(field.annotation)
        else:
            values[name] = OTHER.get(name, _other(field.annotation, field.default))
        assert values[name] != field.default, f"give {name!r} another value in OTHER"
    return section.model_validate(values)


def _other(kind: Any, default: Any) -> Any:
    kinds = {kind, *typing.get_args(kind)}
    if kind in (int, float):
        return default / 2 if default else 1
    if bool in kinds:
        return not default
    if float in kinds:
        return 0.5
    if tuple in {typing.get_origin(each) for each in kinds}:
        return ("a",)
    return "other" if str in kinds else default


def test_every_option_is_recorded() -> None:
    """A request that differs from the default in every key comes back as it was asked for."""
    request = filled(TrainRequest)
    assert isinstance(request, TrainRequest)
    made = Record.of(request, some_table(), {"C": 0.5}, ())
    again = record.parse(made.files()[record.FILE])
    assert again == made
    assert again.request == record.with_file(request, Path("t.csv"))
    assert again.found == {"C": 0.5}


def test_the_record_says_what_the_training_rested_on() -> None:
    """The data, the code, the interpreter, the platform, the libraries, the command line."""
    data = some_table()
    command = ("/home/ann/bin/baton", "train", "--data", "/home/ann/t.csv")
    request = TrainRequest(data=Data(file=Path("/home/ann/t.csv")))
    made = Record.of(request, data, {}, command)
    assert made.data_sha256 == data.sha256
    assert made.command == ("baton", "train", "--data", "t.csv")
    assert made.requirements["scikit-learn"]
    assert made.code
    assert made.python
    assert made.platform
    files = made.files()
    assert "scikit-learn==" in files[record.REQUIREMENTS_FILE]
    assert not any("/home" in text for text in files.values())


@pytest.mark.parametrize("text", ["no JSON", "{}", '{"request": {"train": {"later": 1}}}'])
def test_a_record_of_another_baton_is_one_line(text: str) -> None:
    """It names what is not understood."""
    with pytest.raises(RecordMissing, match=r"record\.json\) cannot be read \(.*use the Baton"):
        record.parse(text)
