"""`baton score`."""

from typing import TYPE_CHECKING, Any

import click

from baton_cli import terminal
from baton_cli.argument_types.models import Version
from baton_cli.argument_types.places import TableLocation
from baton_cli.bulk.options import encoding_option, separator_option
from baton_cli.dask_cluster.options import ClusterOptions, add_cluster_options
from baton_cli.errors import build_missing_extra_error
from baton_cli.options import option
from baton_cli.progress import ConsoleProgress
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import defer_signals, explain_interruption
from baton_cli.storage_location import StorageLocation

if TYPE_CHECKING:  # Arrow is slow to import, and `baton score --help` does not need it
    from baton_cli.bulk.csv_table import CsvFormat
    from baton_cli.dataset.dataset_scoring import ScoringSummary

STDOUT = "-"


@click.command()
@click.argument("source", type=TableLocation(), metavar="FILE")
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
    type=TableLocation(),
    default=STDOUT,
    metavar="FILE",
    show_default="stdout",
    help="The file to write; with workers the folder, or a URL.",
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
@separator_option
@encoding_option
@option(
    "--decimal",
    type=click.Choice([".", ","]),
    default=".",
    show_default=".",
    help="Decimal mark of a CSV file.",
)
@add_cluster_options
def score(  # noqa: PLR0913 - one for each option
    source: StorageLocation,
    *,
    number: str | None,
    output: StorageLocation,
    output_format: str | None,
    on_error: str,
    keep: tuple[str, ...],
    separator: str | None,
    encoding: str,
    decimal: str,
    **cluster: Any,
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

    With --workers or --scheduler FILE may also be a folder, a pattern, or a URL of s3://, gs:// or
    abfs://, and the output is a folder of Parquet files. A command that was stopped goes on when it
    is repeated.
    """
    options = ClusterOptions(**cluster)
    options.check()
    with defer_signals():
        from baton_cli.bulk.csv_table import CsvFormat  # noqa: PLC0415 - slow, see above

    csv_format = CsvFormat(separator, encoding, decimal)
    skips_bad_rows = on_error == "skip"
    if options:
        _check_output(output, output_format)
        _score_dataset(
            options,
            source=source,
            output=output,
            csv_format=csv_format,
            keep=keep,
            number=number,
            skips_bad_rows=skips_bad_rows,
        )
        return
    _check_local(source, output)
    with defer_signals():
        from baton_cli.bulk.file_scoring import FileRequest, score_file  # noqa: PLC0415

    target = None if output.text == STDOUT else output.path
    request = FileRequest(source.path, target, output_format, csv_format, keep, skips_bad_rows)
    score_file(request, load(CliSettings), number)


def _check_local(source: StorageLocation, output: StorageLocation) -> None:
    for location in (source, output):
        if not location.is_local:
            raise click.UsageError(f"{location} needs --workers N or --scheduler ADDRESS.")


def _check_output(output: StorageLocation, output_format: str | None) -> None:
    if output.text == STDOUT:
        raise click.UsageError("--workers and --scheduler need --output FOLDER.")
    if output_format not in (None, "parquet"):
        raise click.UsageError("--workers and --scheduler write Parquet only.")


def _score_dataset(  # noqa: PLR0913 - the options of the verb
    cluster: ClusterOptions,
    *,
    source: StorageLocation,
    output: StorageLocation,
    csv_format: "CsvFormat",
    keep: tuple[str, ...],
    number: str | None,
    skips_bad_rows: bool,
) -> None:
    try:
        with defer_signals():
            from baton_cli.dask_cluster.partition_engine import open_engine  # noqa: PLC0415
            from baton_cli.dataset import dataset_scoring  # noqa: PLC0415
            from baton_cli.dataset.portable_version import fetch_version  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise build_missing_extra_error("dask", error) from error
    version = fetch_version(load(CliSettings), number, defer_signals)
    request = dataset_scoring.DatasetRequest(
        source, output, csv_format, keep or None, skips_bad_rows
    )
    undone = "what is written stays; repeat the command to go on"
    with explain_interruption(undone), ConsoleProgress() as progress:
        progress.start_phase(f"listing {source}")
        plan = dataset_scoring.plan_scoring(request, version)
        summary = dataset_scoring.run_plan(plan, lambda: open_engine(cluster), progress)
    terminal.print_progress(_format_summary(summary, output))


def _format_summary(summary: "ScoringSummary", output: StorageLocation) -> str:
    if summary.skipped_partitions == summary.partitions:
        return f"all {summary.partitions:,} partitions are there from an earlier command: {output}"
    counts = summary.counts
    skipped = f", {counts.skipped:,} skipped" if counts.skipped else ""
    before = summary.skipped_partitions
    done = f", {before:,} of them by an earlier command" if before else ""
    parts = f"{summary.partitions:,} partitions{done}"
    return f"{counts.scored:,} rows scored{skipped}; {parts} → {output}"
