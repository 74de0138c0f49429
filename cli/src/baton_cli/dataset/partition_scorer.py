"""Scores one partition: the whole work of a task.

Any engine can run it: it takes a `PartitionScorer`, which can be pickled, calls it with each
`Partition` in some process, and collects the results. It may call it twice for one partition,
because the output file is the same. Dask does so in `baton_cli.dask_cluster`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from arro3.core import DataType, Schema

from baton_cli.bulk.bad_rows import HINT, MAX_PRINTED_ROWS
from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.bulk.job import Job
from baton_cli.dataset.output_folder import OutputFolder
from baton_cli.dataset.partitions import Partition, open_partition
from baton_cli.dataset.portable_version import PortableVersion
from baton_cli.errors import CommandFailed

Columns = tuple[tuple[str, str], ...]
"""The names and types of the output's columns."""


@dataclass(frozen=True)
class PartitionResult:
    """The result of one partition.

    Attributes:
        partition: the partition.
        scored: how many rows were scored.
        skipped: how many rows were skipped.
        bad_rows: the first skipped rows: location and reason.
        failure: why the partition could not be scored, one line; empty if it was.
    """

    partition: Partition
    scored: int = 0
    skipped: int = 0
    bad_rows: tuple[str, ...] = ()
    failure: str = ""


@dataclass(frozen=True)
class PartitionScorer:
    """Scores partitions with one version, as `baton score` scores a file.

    Attributes:
        version: the version.
        output: the folder of the output.
        csv_format: how to read CSV files.
        keep: the columns to copy; None for all.
        skips_bad_rows: whether a row that cannot be scored is skipped, or fails the partition.
        columns: the columns that the output of every partition must have; None for any.
    """

    version: PortableVersion
    output: OutputFolder
    csv_format: CsvFormat
    keep: tuple[str, ...] | None
    skips_bad_rows: bool
    columns: Columns | None = None

    def __call__(self, partition: Partition) -> PartitionResult:
        """Scores a partition and writes its file; a failure is a result."""
        try:
            return self._score(partition)
        except CommandFailed as error:
            return PartitionResult(partition, failure=error.message)

    def read_columns(self, partition: Partition) -> Columns:
        """Reads the columns of a partition's output.

        Raises:
            CommandFailed: the file cannot be read, or does not fit the version.
        """
        with self._open_job(partition) as job:
            return describe_columns(job.schema)

    @contextmanager
    def _open_job(self, partition: Partition) -> Iterator[Job]:
        """Opens a partition; names its file in errors."""
        name = str(partition.file.location)
        model = self.version.loaded
        try:
            with open_partition(partition, self.csv_format, model.rule) as table:
                yield Job(table, model, self.keep)
        except CommandFailed as error:
            if name in error.message:
                raise
            raise CommandFailed(f"{name}: {error.message}") from error

    def _score(self, partition: Partition) -> PartitionResult:
        bad_rows: list[str] = []

        def handle(text: str) -> None:
            if not self.skips_bad_rows:
                raise CommandFailed(f"{text}; {HINT}")
            if len(bad_rows) <= MAX_PRINTED_ROWS:  # one more, so that the caller says so
                bad_rows.append(text)

        with self._open_job(partition) as job:
            self._check_columns(job.schema)
            self.output.write_partition(partition.number, job.score(handle), job.schema)
        counts = job.counts
        return PartitionResult(partition, counts.scored, counts.skipped, tuple(bad_rows))

    def _check_columns(self, schema: Schema) -> None:
        columns = describe_columns(schema)
        if self.columns is None or columns == self.columns:
            return
        for (name, kind), (other, other_kind) in zip(columns, self.columns, strict=False):
            if (name, kind) != (other, other_kind):
                raise CommandFailed(
                    f"its column {name!r} ({kind}) is {other!r} ({other_kind}) in the first file; "
                    "write all files with the same columns, or name those to copy: --keep COLUMN"
                )
        raise CommandFailed(
            f"it has {len(columns)} columns with those of the output, the first file "
            f"{len(self.columns)}; name those to copy: --keep COLUMN"
        )


def describe_columns(schema: Schema) -> Columns:
    """Lists the names and types of columns."""
    fields = (schema.field(number) for number in range(len(schema)))
    return tuple((field.name, _describe_type(field.type)) for field in fields)


def _describe_type(data_type: DataType) -> str:
    """Returns what the text of a type has between its angle brackets, e.g. `Float64`."""
    return " ".join(repr(data_type).split()).partition("<")[2].removesuffix(">")
