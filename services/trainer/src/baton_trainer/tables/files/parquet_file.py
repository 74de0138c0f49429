"""Reads a Parquet file as typed columns, by arro3 instead of pyarrow's 150 MB."""

import hashlib

from arro3.core import Table

from baton_common.texts import get_first_line
from baton_engine.tables.arrow.panics import convert_panics
from baton_engine.tables.arrow.parquet_reader import UnreadableColumn, open_parquet
from baton_trainer.errors import DataError
from baton_trainer.tables.files.arrow_table import build_data_file
from baton_trainer.tables.files.data_file import DataFile

MAGIC = b"PAR1"

_FOOTER_BYTES = 8  # the length of the metadata, four bytes little-endian, and the magic again
_BATCH_ROWS = 65_536


def parse(content: bytes, name: str) -> DataFile:
    """Parses the bytes of a Parquet file.

    Raises:
        DataError: the file is damaged, or a column cannot be read.
    """
    table = _read_table(content, name)
    columns = [(column, table.column(at)) for at, column in enumerate(table.column_names)]
    return build_data_file(columns, table.num_rows, name, hashlib.sha256(content).hexdigest())


def _read_table(content: bytes, name: str) -> Table:
    """Reads the file's table; content without a footer does not reach the library."""
    length = int.from_bytes(content[-_FOOTER_BYTES : -len(MAGIC)], "little")
    if not content.endswith(MAGIC) or length + _FOOTER_BYTES + len(MAGIC) > len(content):
        raise DataError(f"{name}: the Parquet file is cut off or damaged; write it again")
    try:
        with convert_panics():
            return open_parquet(content, _BATCH_ROWS).read_all()
    except UnreadableColumn as error:
        raise DataError(f"{name}: {error}") from error
    except Exception as error:
        raise DataError(
            f"{name}: the Parquet file is damaged ({get_first_line(error)}); write it again"
        ) from error
