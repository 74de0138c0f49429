"""`baton score`."""

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from baton_cli import terminal
from baton_cli.errors import CommandFailed
from baton_cli.moves.arguments import Encoding, FilePath, Separator, Version
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import deferred, explain_interruption

if TYPE_CHECKING:  # what loads Arrow; `baton score --help` need not wait for it
    from collections.abc import Iterator

    from arro3.core import RecordBatch

    from baton_cli.bulk.job import Job
    from baton_cli.bulk.progress import ScoringProgress

SHOWN_BAD_ROWS = 20
STDOUT = Path("-")
SUFFIXES = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}


@click.command()
@click.argument("file", type=FilePath(), metavar="FILE")
@click.option("--version", "number", type=Version(), metavar="N", help="[what the alias names]")
@click.option("--output", type=FilePath(), default=STDOUT, metavar="FILE", help="[stdout]")
@click.option(
    "--output-format",
    type=click.Choice(["csv", "parquet"]),
    help="[by the name of the output, else csv]",
)
@click.option(
    "--on-error",
    type=click.Choice(["fail", "skip"]),
    default="fail",
    show_default=True,
    help="What a row that cannot be scored does: end it all, or be left out and told.",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="COLUMN",
    help="A column of the file that the output has, too [all]. May be repeated.",
)
@click.option(
    "--separator",
    type=Separator(),
    metavar="CHAR",
    help="What stands between cells of a CSV file: a character, or tab [found out].",
)
@click.option(
    "--encoding",
    type=Encoding(),
    default="utf-8",
    show_default=True,
    metavar="NAME",
    help="The text encoding of a CSV file.",
)
@click.option(
    "--decimal",
    type=click.Choice([".", ","]),
    default=".",
    show_default=True,
    help="The decimal mark in a CSV file.",
)
def score(  # noqa: PLR0913 - one for each option
    file: Path,
    *,
    number: str | None,
    output: Path,
    output_format: str | None,
    on_error: str,
    keep: tuple[str, ...],
    separator: str | None,
    encoding: str,
    decimal: str,
) -> None:
    """Score FILE, CSV (also .gz) or Parquet, with one version.

    The version is fixed when it begins: the alias may move meanwhile. The output has the rows of
    the file in their order, with its columns and these: label, probability_CLASS for each class,
    model_version. Cells are read as the training of the version read them: a missing one is a row
    that cannot be scored where the column had no gaps in training. Other columns may be missing
    altogether.
    """
    with deferred():
        from baton_cli.bulk.csv_table import CsvFormat  # noqa: PLC0415 - slow, see above
        from baton_cli.bulk.job import Job  # noqa: PLC0415
        from baton_cli.bulk.loaded_version import pinned  # noqa: PLC0415
        from baton_cli.bulk.progress import ScoringProgress  # noqa: PLC0415
        from baton_cli.bulk.tables import open_table  # noqa: PLC0415

    settings = load(CliSettings)
    undone = "what was written ends early" if output == STDOUT else "nothing was written"
    with explain_interruption(undone), _opened(file) as source:
        model = pinned(settings, number)
        table = open_table(file, source, CsvFormat(separator, encoding, decimal), model.rule)
        if table.found:
            terminal.tell(f"{file} is read with {table.found}")
        job = Job(table, model, keep or None)
        title = f"scoring {file} with {model.version.name} version {model.version.version}"
        with ScoringProgress(title) as progress:
            bad_rows = BadRows(file, progress, is_fatal=on_error == "fail")
            _write(job, _told(job, bad_rows, progress), output, output_format)
    if not job.counts.scored and not job.counts.left_out:
        terminal.tell(f"warning: {file} has no rows")
    terminal.tell(_summary(job, output))


def _opened(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandFailed(f"{file}: {reason}; name a CSV or Parquet file") from error


class BadRows:
    """Tells of rows that cannot be scored, or ends at the first."""

    def __init__(self, file: Path, progress: "ScoringProgress", *, is_fatal: bool) -> None:
        self._file = file
        self._progress = progress
        self._is_fatal = is_fatal
        self._count = 0

    def __call__(self, text: str) -> None:
        """One more. Raises `CommandFailed` where one is too many."""
        if self._is_fatal:
            raise CommandFailed(
                f"{self._file}: {text}; mend it, or leave such rows out with --on-error skip"
            )
        self._count += 1
        if self._count <= SHOWN_BAD_ROWS:
            self._progress.warn(f"left out: {text}")
        elif self._count == SHOWN_BAD_ROWS + 1:
            self._progress.warn("left out: and others, which are counted only")


def _told(job: "Job", bad_rows: BadRows, progress: "ScoringProgress") -> "Iterator[RecordBatch]":
    batches = job.batches(bad_rows)
    while True:
        # An exception out of nowhere while the engine reads what it was given ends the process.
        with deferred():
            batch = next(batches, None)
        if batch is None:
            return
        yield batch
        progress.advance(job.counts.scored, job.share_read())


def _write(
    job: "Job", batches: "Iterator[RecordBatch]", output: Path, output_format: str | None
) -> None:
    from baton_cli.bulk.sink import open_output, write_as_csv, write_as_parquet  # noqa: PLC0415

    kind = output_format or SUFFIXES.get(output.suffix.lower(), "csv")
    write = write_as_parquet if kind == "parquet" else write_as_csv
    if output == STDOUT:
        write(batches, job.schema, sys.stdout.buffer)
        return
    try:
        with open_output(output) as file:
            write(batches, job.schema, file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandFailed(f"{output}: {reason}; nothing was written") from error


def _summary(job: "Job", output: Path) -> str:
    left_out = f", {job.counts.left_out:,} left out" if job.counts.left_out else ""
    where = "" if output == STDOUT else f" → {output}"
    return f"{job.counts.scored:,} rows scored{left_out}{where}"
