"""Files elsewhere, by fsspec. The stack's object store is in tests/stack."""

import fsspec
import pytest

from baton_trainer.errors import DataError
from baton_trainer.request import Data
from baton_trainer.tables.files import reading


def test_a_file_elsewhere_is_read_like_one_here() -> None:
    with fsspec.open("memory://bucket/t.csv", "wb") as file:
        file.write(b"a;b\n1;x\n")
    table = reading.read("memory://bucket/t.csv", Data())
    assert table.name == "memory://bucket/t.csv"
    assert table.cells.to_dict("list") == {"a": ["1"], "b": ["x"]}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("memory://bucket/none.csv", r"none.csv: cannot be read \(no such bucket or file\)"),
        ("postgresql://host/db", "Protocol not known.*--query"),
        ("hdfs://host/t.csv", "hdfs://host/t.csv: "),
    ],
)
def test_what_fails_is_one_line(url: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason) as caught:
        reading.read(url, Data())
    assert "\n" not in str(caught.value)
