"""Panics of the Arrow library."""

import io
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from arro3.io import read_parquet

from baton_engine.tables.arrow.panics import Panic, convert_panics


def build_damaged_file() -> io.BytesIO:
    """A Parquet file whose footer tells nonsense where the library does not expect it."""
    file = io.BytesIO()
    pq.write_table(pa.table({"x": [1.0]}), file)
    content = file.getvalue()
    schema = content.index(b"ARROW:schema") + len(b"ARROW:schema") + 8
    return io.BytesIO(content[:schema] + b"?" + content[schema + 1 :])


def test_panic_is_an_error_of_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is written to stderr."""
    with pytest.raises(Panic) as caught, convert_panics():
        read_parquet(build_damaged_file())
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


def test_stderr_is_restored(capfd: pytest.CaptureFixture[str]) -> None:
    """After a panic, another error, or none."""

    def interrupt() -> None:
        with convert_panics():
            os.write(2, b"lost")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"
