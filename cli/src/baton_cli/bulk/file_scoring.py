"""Scores one file in this process."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from arro3.core import RecordBatch

from baton_cli import terminal
from baton_cli.bulk.bad_rows import BadRowHandler
from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.bulk.job import Job
from baton_cli.bulk.loaded_version import load_version
from baton_cli.bulk.sink import write_output
from baton_cli.bulk.tables import open_table
from baton_cli.errors import CommandFailed
from baton_cli.progress import AdvanceRows, ConsoleProgress
from baton_cli.settings import CliSettings
from baton_cli.stopping import defer_signals, explain_interruption


@dataclass(frozen=True)
class FileRequest:
    """What a user asks for.

    Attributes:
        file: the file.
        output: the file to write; None for stdout.
        output_format: `csv` or `parquet`; None: the name of the output decides.
        csv_format: how to read a CSV file.
        keep: the columns to copy; empty for all.
        skips_bad_rows: whether a row that cannot be scored is skipped, or ends the command.
    """

    file: Path
    output: Path | None
    output_format: str | None
    csv_format: CsvFormat
    keep: tuple[str, ...]
    skips_bad_rows: bool


def score_file(request: FileRequest, settings: CliSettings, number: str | None) -> None:
    """Scores a file with a version, a number or that of the alias; progress goes to stderr.

    Raises:
        CommandFailed: the file or the output is unusable, or a row is and bad rows are fatal.
        RegistryError: the version cannot be fetched.
    """
    file, output = request.file, request.output
    undone = "nothing was written" if output else "the output is incomplete"
    with explain_interruption(undone), _open_input(file) as source, ConsoleProgress() as progress:
        job = _open_job(request, source, settings, number, progress)
        bad_rows = BadRowHandler(file, progress.note, is_fatal=not request.skips_bad_rows)
        with progress.track_rows(f"scoring {file} with {job.title}") as advance:
            batches = _score_batches(job, bad_rows, advance)
            write_output(batches, job.schema, output, request.output_format)
    if not job.counts.scored and not job.counts.skipped:
        terminal.print_progress(f"warning: {file} has no rows")
    terminal.print_progress(_format_summary(job, output))


def _open_input(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        several = "; for a folder or a pattern: --workers N" if file.is_dir() else ""
        raise CommandFailed(
            f"cannot read {file}: {reason}; choose a CSV or Parquet file{several}"
        ) from error


def _open_job(
    request: FileRequest,
    source: IO[bytes],
    settings: CliSettings,
    number: str | None,
    progress: ConsoleProgress,
) -> Job:
    """Loads the version and opens the file with the version's rule for cells."""
    model = load_version(settings, number, defer_signals)
    table = open_table(request.file, source, request.csv_format, model.rule)
    if table.detected:
        progress.note(f"detected in {request.file}: {table.detected}")
    try:
        return Job(table, model, request.keep or None)
    except CommandFailed as error:
        raise CommandFailed(f"{request.file}: {error.message}") from error


def _score_batches(
    job: Job, bad_rows: BadRowHandler, advance: AdvanceRows
) -> Iterator[RecordBatch]:
    batches = job.score(bad_rows)
    while True:
        # An asynchronous exception inside the engine's call would end the process.
        with defer_signals():
            batch = next(batches, None)
        if batch is None:
            return
        yield batch
        advance(job.counts.scored, job.share_read)


def _format_summary(job: Job, output: Path | None) -> str:
    skipped = f", {job.counts.skipped:,} skipped" if job.counts.skipped else ""
    destination = f" → {output}" if output else ""
    return f"{job.counts.scored:,} rows scored{skipped}{destination}"
