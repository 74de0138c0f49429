"""Reads `text/csv` as `pandas.read_csv` does with the schema's types."""

import io
from collections.abc import Collection

from baton_engine.tables.text.csv_cells import cast_csv_cells
from baton_engine.tables.text.csv_reader import CsvReader
from baton_engine.tables.text.csv_rows import CsvError
from baton_inference.errors import MalformedBody
from baton_inference.protocols.bodies.frame import Frame, check_rows

CSV = b"text/csv"


def read_csv(body: bytes, names: Collection[str] | None, max_rows: int) -> Frame:
    """Reads the rows below the header. If rows are wider than it, their first cells are an index.

    Args:
        body: the text.
        names: the requested columns; None means all, in order.
        max_rows: the most rows of a request.

    Raises:
        MalformedBody: the body is not UTF-8, has no header, an open quote or a row that is too
            wide.
        TooManyRows: there are more than `max_rows` rows.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 (byte {error.start})") from error
    try:
        reader = CsvReader(io.StringIO(text, newline=""))
        table = [row for _, row in reader.iter_rows()]
    except CsvError as error:
        raise MalformedBody(f"the body is not CSV: {error}") from error
    check_rows(len(table), max_rows)
    for number, row in enumerate(table):
        if reader.count_excess(row):
            width = len(reader.names)
            raise MalformedBody(f"row {number} has {len(row)} cells, but the header has {width}")
    available = {*reader.names}
    requested = reader.names if names is None else [name for name in names if name in available]
    columns = {name: reader.get_column(name, table) for name in requested}
    return Frame(len(table), columns, cast_csv_cells)
