"""`baton score`."""

from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from baton_cli import terminal
from baton_cli.argument_types import Encoding, FilePath, Separator, Version
from baton_cli.bulk.bad_rows import BadRowHandler
from baton_cli.errors import CommandFailed
from baton_cli.options import option
from baton_cli.progress import AdvanceRows, ConsoleProgress
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import defer_signals, explain_interruption

if TYPE_CHECKING:  # Arrow is slow to import, and `baton score --help` does not need it
    from collections.abc import Iterator

    from arro3.core import RecordBatch

    from baton_cli.bulk.csv_table import CsvFormat
    from baton_cli.bulk.job import Job

STDOUT = Path("-")


@click.command()
@click.argument("file", type=FilePath(), metavar="FILE")
@option(
    "--version",
    "number",
    type=Version(),
    metavar="VERSION",
    show_default="the version of the alias",
    help="The version to score with.",
)
@option(
    "--output",
    type=FilePath(),
    default=STDOUT,
    metavar="FILE",
    show_default="stdout",
    help="The file to write.",
)
@option(
    "--output-format",
    type=click.Choice(["csv", "parquet"]),
    show_default="by the name of the output, else csv",
    help="The format of the output.",
)
@option(
    "--on-error",
    type=click.Choice(["fail", "skip"]),
    default="fail",
    show_default="fail",
    help="Stop at a row that cannot be scored, or skip and report it.",
)
@option(
    "--keep",
    multiple=True,
    metavar="COLUMN",
    show_default="all",
    help="A column of the file to copy to the output. Repeatable.",
)
@option(
    "--separator",
    type=Separator(),
    metavar="CHAR",
    show_default="detected",
    help="Separator of a CSV file: a character, or tab.",
)
@option(
    "--encoding",
    type=Encoding(),
    default="utf-8",
    metavar="NAME",
    show_default="utf-8",
    help="Text encoding of a CSV file.",
)
@option(
    "--decimal",
    type=click.Choice([".", ","]),
    default=".",
    show_default=".",
    help="Decimal mark of a CSV file.",
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
    """Score FILE, a CSV (also .gz) or Parquet file, with one version.

    The output has the rows of FILE in the same order: its columns, then those of the version's
    task, and model_version. A classifier adds label and probability_CLASS for each class, a
    regression value, or value_NAME for each of several values, an anomaly detector label and score,
    and a multilabel classifier label_NAME and probability_NAME for each label. One version scores
    all rows, even if the alias moves.

    If the model takes a matrix, FILE has the columns 0, 1, …, or only as many columns as the model
    takes, in order.

    Cells are read as in the training of the version. A row with a missing value cannot be scored,
    unless the column had missing values in training; such a column may also be absent.
    """
    with defer_signals():
        from baton_cli.bulk.csv_table import CsvFormat  # noqa: PLC0415 - slow, see above
        from baton_cli.bulk.sink import write_output  # noqa: PLC0415

    csv_format = CsvFormat(separator, encoding, decimal)
    undone = "the output is incomplete" if output == STDOUT else "nothing was written"
    with explain_interruption(undone), _open_input(file) as source, ConsoleProgress() as progress:
        job = _open_job(
            file, source, number=number, csv_format=csv_format, keep=keep, progress=progress
        )
        bad_rows = BadRowHandler(file, progress, is_fatal=on_error == "fail")
        with progress.track_rows(f"scoring {file} with {job.title}") as advance:
            batches = _score_batches(job, bad_rows, advance)
            path = None if output == STDOUT else output
            write_output(batches, job.schema, path, output_format)
    if not job.counts.scored and not job.counts.skipped:
        terminal.print_progress(f"warning: {file} has no rows")
    terminal.print_progress(_format_summary(job, output))


def _open_input(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandFailed(
            f"cannot read {file}: {reason}; choose a CSV or Parquet file"
        ) from error


def _open_job(  # noqa: PLR0913 - the options of the job
    file: Path,
    source: IO[bytes],
    *,
    number: str | None,
    csv_format: "CsvFormat",
    keep: tuple[str, ...],
    progress: ConsoleProgress,
) -> "Job":
    """Loads the version and opens the file with the version's rule for cells."""
    with defer_signals():
        from baton_cli.bulk.job import Job  # noqa: PLC0415 - slow, see above
        from baton_cli.bulk.loaded_version import load_version  # noqa: PLC0415
        from baton_cli.bulk.tables import open_table  # noqa: PLC0415

    model = load_version(load(CliSettings), number)
    table = open_table(file, source, csv_format, model.rule)
    if table.detected:
        progress.note(f"detected in {file}: {table.detected}")
    try:
        return Job(table, model, keep or None)
    except CommandFailed as error:
        raise CommandFailed(f"{file}: {error.message}") from error


def _score_batches(
    job: "Job", bad_rows: BadRowHandler, advance: AdvanceRows
) -> "Iterator[RecordBatch]":
    batches = job.score(bad_rows)
    while True:
        # An asynchronous exception inside the engine's call would end the process.
        with defer_signals():
            batch = next(batches, None)
        if batch is None:
            return
        yield batch
        advance(job.counts.scored, job.share_read)


def _format_summary(job: "Job", output: Path) -> str:
    skipped = f", {job.counts.skipped:,} skipped" if job.counts.skipped else ""
    destination = "" if output == STDOUT else f" → {output}"
    return f"{job.counts.scored:,} rows scored{skipped}{destination}"
