"""`baton feedback`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from baton_cli import terminal
from baton_cli.argument_types.places import FilePath, HttpAddress, TableLocation
from baton_cli.argument_types.times import Duration
from baton_cli.bulk.options import encoding_option, separator_option
from baton_cli.errors import CommandFailed
from baton_cli.options import option
from baton_cli.predictions.destination import Destination, choose_destination, choose_log
from baton_cli.settings import PredictionSettings, load
from baton_cli.stopping import defer_signals, explain_interruption
from baton_cli.storage_location import StorageLocation

if TYPE_CHECKING:  # Arrow is slow to import, and `baton feedback --help` does not need it
    from baton_cli.predictions.file_feedback import KeySearch


@click.command()
@click.argument("file", type=FilePath(), metavar="FILE")
@option("--id", "id_column", metavar="COLUMN", help="The column of request ids (X-Request-ID).")
@option(
    "--row",
    "row_column",
    metavar="COLUMN",
    show_default="every row is row 0",
    help="With --id: the column of the row's number in the request.",
)
@option(
    "--key",
    "key_column",
    metavar="COLUMN",
    help="The column of routing keys (X-Routing-Key), instead of --id.",
)
@option(
    "--window",
    "window_s",
    type=Duration(),
    metavar="TIME",
    help="With --key: how long before its label a prediction may be, e.g. 90d.",
)
@option("--label", "label_column", required=True, metavar="COLUMN", help="The column of labels.")
@option(
    "--at",
    "at_column",
    metavar="COLUMN",
    show_default="not said; with --key now",
    help="The column of the time at which the label became known; a date alone is 00:00 UTC.",
)
@option(
    "--to",
    "folder",
    type=FilePath(),
    metavar="DIR",
    show_default="BATON_PREDICTIONS_DIR",
    help="The prediction log to write the labels to.",
)
@option("--url", type=HttpAddress(), metavar="URL", help="Send the labels to inference instead.")
@option(
    "--api-key-file",
    type=FilePath(),
    metavar="FILE",
    show_default="BATON_API_KEY",
    help="With --url: the file of an API key with scope feedback.",
)
@option(
    "--from",
    "log",
    type=TableLocation(),
    metavar="DIR|URL",
    show_default="BATON_PREDICTIONS_DIR, else --to",
    help="With --key: the prediction log to search.",
)
@separator_option
@encoding_option
@option("--dry-run", "is_dry", is_flag=True, help="Read, check and count only.")
def feedback(  # noqa: PLR0913 - one for each option
    file: Path,
    *,
    id_column: str | None,
    row_column: str | None,
    key_column: str | None,
    window_s: float | None,
    label_column: str,
    at_column: str | None,
    folder: Path | None,
    url: str | None,
    api_key_file: Path | None,
    log: StorageLocation | None,
    separator: str | None,
    encoding: str,
    is_dry: bool,
) -> None:
    """Store the labels of FILE: what became known about rows that were scored.

    FILE is a CSV (also .gz) or Parquet file. It names each row by the id of its request, or by its
    routing key: then the label is about the last prediction of that key in the log, within the
    window before the label. Rows with an empty label are left out.

    A row that is not valid ends the command before anything is stored. With --url, labels go in
    batches of 1,000: if inference rejects one, those before it are stored. The command can be
    repeated: the last label of a row counts.
    """
    if (id_column is None) == (key_column is None):
        raise click.UsageError("Give either --id COLUMN or --key COLUMN.")
    if (key_column is None) != (window_s is None):
        raise click.UsageError("--key COLUMN and --window TIME need each other.")
    if key_column is not None and row_column is not None:
        raise click.UsageError("--row needs --id.")
    settings = load(PredictionSettings)
    destination = choose_destination(settings, folder, url, api_key_file)
    with defer_signals():
        from baton_cli.bulk.csv_table import CsvFormat  # noqa: PLC0415 - Arrow is slow to import
        from baton_cli.predictions.file_feedback import FileFeedback  # noqa: PLC0415
        from baton_cli.predictions.label_rows import LabelColumns  # noqa: PLC0415
    identity, is_key = id_column or key_column or "", key_column is not None
    columns = LabelColumns(identity, label_column, row_column, at_column, is_key=is_key)
    search = None
    if window_s is not None:
        search = _build_search(settings, log, destination, window_s)
    with explain_interruption("repeat the command; a label that is stored twice does no harm"):
        labels = FileFeedback(
            file, columns, CsvFormat(separator, encoding), search, terminal.print_progress
        )
        if is_dry:
            terminal.show(f"{labels.counts}; a dry run, nothing was stored")
            return
        if destination.url is not None:
            labels.send(destination.url, destination.api_key)
        elif destination.folder is not None:
            labels.write(destination.folder, settings.model_name)
    terminal.show(f"{labels.counts} → {destination}")


def _build_search(
    settings: PredictionSettings,
    log: StorageLocation | None,
    destination: Destination,
    window_s: float,
) -> "KeySearch":
    from baton_cli.predictions.file_feedback import KeySearch  # noqa: PLC0415 - as above

    if settings.predictions_key is None:
        raise CommandFailed(
            "--key needs BATON_PREDICTIONS_KEY, the secret with which inference hashes routing keys"
        )
    secret = settings.predictions_key.get_secret_value().encode()
    found = choose_log(settings, log, destination)
    return KeySearch(found, settings.model_name, secret, int(window_s * 1e6))
