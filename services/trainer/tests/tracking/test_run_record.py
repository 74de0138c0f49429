import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from baton_trainer.errors import RecordMissing
from baton_trainer.request import Columns, Data, TrainRequest
from baton_trainer.tracking import run_record
from baton_trainer.tracking.run_record import RunRecord
from tests.support.trainer.tables import some_table

OTHER: dict[str, Any] = {
    "task": "regression",
    "file": Path("own/t.csv"),
    "separator": ";",
    "encoding": "cp1252",
    "decimal": ",",
    "positive": "yes",
    "roles": {"a": "number"},
    "params": {"C": "0.1"},
}
"""Values that differ from the default, for keys whose type does not suggest one."""


def fill(section: type[BaseModel]) -> BaseModel:
    """Builds a section in which no key has its default."""
    values: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            values[name] = fill(field.annotation)
        else:
            values[name] = OTHER.get(name, _pick_other(field.annotation, field.default))
        assert values[name] != field.default, f"give {name!r} another value in OTHER"
    return section.model_validate(values)


def _pick_other(kind: Any, default: Any) -> Any:
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
    """A request that differs from the default in every key is read back unchanged."""
    request = fill(TrainRequest)
    assert isinstance(request, TrainRequest)
    written = RunRecord.from_training(request, some_table(), {"C": 0.5}, (), "2 Dask workers")
    again = run_record.parse_record(written.to_files()[run_record.RECORD_FILE])
    assert again == written
    assert again.request == run_record.replace_file(request, Path("t.csv"), "other")
    assert (again.search_params, again.search_place) == ({"C": 0.5}, "2 Dask workers")


def test_record_describes_the_environment() -> None:
    """Data, code, interpreter, platform, libraries and command line."""
    data = some_table()
    command = ("/home/ann/bin/baton", "train", "--data", "/home/ann/t.csv")
    request = TrainRequest(data=Data(file=Path("/home/ann/t.csv")))
    written = RunRecord.from_training(request, data, {}, command)
    assert written.data_sha256 == data.sha256
    assert written.command == ("baton", "train", "--data", "t.csv")
    assert written.requirements["scikit-learn"]
    assert written.code
    assert written.python
    assert written.platform
    files = written.to_files()
    assert "scikit-learn==" in files[run_record.REQUIREMENTS_FILE]
    assert not any("/home" in text for text in files.values())


@pytest.mark.parametrize("text", ["no JSON", "{}", '{"request": {"train": {"later": 1}}}'])
def test_unreadable_record_is_a_one_line_error(text: str) -> None:
    """The line names the key that is wrong."""
    with pytest.raises(
        RecordMissing, match=r"record\.json\) cannot be read \(.*use the version of Baton"
    ):
        run_record.parse_record(text)


def test_record_without_private_columns_can_be_read_by_an_older_release() -> None:
    """It rejects keys that it does not know."""
    (content,) = {
        RunRecord.from_training(request, some_table(), {}, ()).to_files()[run_record.RECORD_FILE]
        for request in (TrainRequest(), TrainRequest(columns=Columns(private=())))
    }
    assert "private" not in content
