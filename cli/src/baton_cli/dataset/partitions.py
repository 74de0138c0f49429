"""Partitions: parts of a dataset that are scored one by one."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.bulk.tables import PARQUET, Table, open_table
from baton_cli.dataset.input_files import InputFile
from baton_cli.dataset.row_group_table import RowGroupTable, open_parquet_file
from baton_cli.storage_location import explain_storage_errors
from baton_engine.tables.text.reader_rule import ReaderRule

PARTITION_ROWS = 250_000
"""A partition has at least so many rows, if its file has: a task takes a second or more."""
_READERS = 16
"""Files whose footers are read at the same time: an object store answers after tens of ms."""
_BLOCK_BYTES = 8 * 2**20
"""A CSV file is read from an object store in blocks."""


@dataclass(frozen=True)
class Partition:
    """A file, or some row groups of it.

    Attributes:
        number: from 0, in the order of the dataset.
        file: the file.
        row_groups: consecutive row groups of a Parquet file, from 0; None for a CSV file.
    """

    number: int
    file: InputFile
    row_groups: tuple[int, ...] | None = None


def list_partitions(files: Sequence[InputFile]) -> list[Partition]:
    """Divides files into partitions.

    Raises:
        CommandFailed: a file cannot be read.
    """
    with ThreadPoolExecutor(_READERS) as pool:
        divided = [*zip(files, pool.map(_divide, files), strict=True)]
    pairs = [(file, row_groups) for file, parts in divided for row_groups in parts]
    return [Partition(number, *pair) for number, pair in enumerate(pairs)]


def _divide(file: InputFile) -> Sequence[tuple[int, ...] | None]:
    """Returns the row groups of each partition of a file. The first bytes decide the format."""
    filesystem, path = file.location.open_filesystem()
    with explain_storage_errors("read", file.location):
        if filesystem.cat_file(path, start=0, end=len(PARQUET)) != PARQUET:
            return [None]
        with filesystem.open(path, "rb", cache_type="none") as source:
            metadata = open_parquet_file(str(file.location), source).metadata
            return group_rows(
                [metadata.row_group(each).num_rows for each in range(metadata.num_row_groups)]
            )


def group_rows(counts: Sequence[int], least: int = PARTITION_ROWS) -> list[tuple[int, ...]]:
    """Groups consecutive row groups, given the rows of each, until they have enough rows.

    A file without row groups is one partition without rows, so that its columns are checked.
    """
    partitions: list[tuple[int, ...]] = []
    current: list[int] = []
    for number in range(len(counts)):
        current.append(number)
        if sum(counts[each] for each in current) >= least:
            partitions.append(tuple(current))
            current = []
    return [*partitions, tuple(current)] if current or not partitions else partitions


@contextmanager
def open_partition(
    partition: Partition, csv_format: CsvFormat, rule: ReaderRule
) -> Iterator[Table]:
    """Opens the table of a partition.

    Raises:
        CommandFailed: the file has changed, cannot be read, or is not a table.
    """
    file = partition.file
    file.check_unchanged()
    filesystem, path = file.location.open_filesystem()
    is_csv = partition.row_groups is None
    # pyarrow reads ahead by itself.
    cache = {"cache_type": "readahead", "block_size": _BLOCK_BYTES} if is_csv else {}
    with filesystem.open(path, "rb", **cache or {"cache_type": "none"}) as source:
        if partition.row_groups is None:
            yield open_table(str(file.location), source, csv_format, rule)
        else:
            yield RowGroupTable(str(file.location), source, partition.row_groups)
