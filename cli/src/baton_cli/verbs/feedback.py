"""`baton feedback`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from baton_cli import terminal
from baton_cli.argument_types.places import FilePath, HttpAddress, TableLocation
from baton_cli.bulk.options import encoding_option, separator_option
from baton_cli.errors import CommandFailed
from baton_cli.options import option
from baton_cli.predictions.destination import Destination, choose_destination, choose_log
from baton_cli.predictions.label_options import LabelOptions, add_label_options
from baton_cli.settings import PredictionSettings, load
from baton_cli.stopping import defer_signals, explain_interruption
from baton_cli.storage_location import StorageLocation

if TYPE_CHECKING:  # Arrow is slow to import, and `baton feedback --help` does not need it
    from baton_cli.predictions.file_feedback import KeySearch
    from baton_cli.predictions.label_rows import LabelColumns


@click.command()
@click.argument("file", type=FilePath(), metavar="FILE")
@add_label_options
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
    folder: Path | None,
    url: str | None,
    api_key_file: Path | None,
    log: StorageLocation | None,
    separator: str | None,
    encoding: str,
    is_dry: bool,
    **labels: Any,
) -> None:
    """Store the labels of FILE: what became known about rows that were scored.

    FILE is a CSV (also .gz) or Parquet file. It names each row by the id of its request, or by its
    routing key: then the label is about the last prediction of that key in the log, within the
    window before the label. Rows with an empty label are left out.

    A row that is not valid ends the command before anything is stored. With --url, labels go in
    batches of 1,000: if inference rejects one, those before it are stored. The command can be
    repeated: the last label of a row counts.
    """
    options = LabelOptions(**labels)
    options.check()
    settings = load(PredictionSettings)
    destination = choose_destination(settings, folder, url, api_key_file)
    with defer_signals():
        from baton_cli.bulk.csv_table import CsvFormat  # noqa: PLC0415 - Arrow is slow to import
        from baton_cli.predictions.file_feedback import FileFeedback  # noqa: PLC0415

    csv_format = CsvFormat(separator, encoding)
    search = _build_search(settings, log, destination, options.window_s)
    with explain_interruption("repeat the command; a label that is stored twice does no harm"):
        found = FileFeedback(
            file, _build_columns(options), csv_format, search, terminal.print_progress
        )
        if is_dry:
            terminal.show(f"{found.counts}; a dry run, nothing was stored")
            return
        if destination.url is not None:
            found.send(destination.url, destination.api_key)
        elif destination.folder is not None:
            found.write(destination.folder, settings.model_name)
    terminal.show(f"{found.counts} → {destination}")


def _build_columns(options: LabelOptions) -> "LabelColumns":
    from baton_cli.predictions.label_rows import LabelColumns  # noqa: PLC0415 - loaded by now

    return LabelColumns(
        options.id_column or options.key_column or "",
        options.label_column,
        options.row_column,
        options.at_column,
        is_key=options.key_column is not None,
    )


def _build_search(
    settings: PredictionSettings,
    log: StorageLocation | None,
    destination: Destination,
    window_s: float | None,
) -> "KeySearch | None":
    """Builds the search for routing keys; None if the file has request ids."""
    from baton_cli.predictions.file_feedback import KeySearch  # noqa: PLC0415 - loaded by now

    if window_s is None:
        return None
    if settings.predictions_key is None:
        raise CommandFailed(
            "--key needs BATON_PREDICTIONS_KEY, the secret with which inference hashes routing keys"
        )
    secret = settings.predictions_key.get_secret_value().encode()
    found = choose_log(settings, log, destination)
    return KeySearch(found, settings.model_name, secret, int(window_s * 1e6))
