"""`baton drift`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from baton_cli import terminal
from baton_cli.argument_types.places import DataLocation, FilePath
from baton_cli.argument_types.times import Duration
from baton_cli.errors import CommandFailed
from baton_cli.options import option
from baton_cli.predictions.options import log_option, model_option, resolve_log
from baton_cli.training.options import query_option
from baton_cli.training.trainer import call_trainer
from baton_common.atomic_file import write_atomic

if TYPE_CHECKING:
    from baton_trainer.monitoring.drift.drift_report import DriftReport
    from baton_trainer.progress import Progress
    from baton_trainer.settings import TrainerSettings


@click.command()
@log_option
@model_option
@option(
    "--version",
    metavar="V",
    show_default="BATON_ALIAS",
    help="The version, a number or an alias.",
)
@option(
    "--since",
    "since_s",
    type=Duration(),
    default="7d",
    show_default=True,
    metavar="TIME",
    help="Compare the rows of this time until now, such as 12h or 7d.",
)
@option(
    "--data",
    type=DataLocation(),
    metavar="FILE|URL",
    show_default="the version's profile.json",
    help="Compare with this table instead, e.g. the one that an older version was trained on.",
)
@query_option
@option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@option("--html", type=FilePath(), metavar="FILE", help="Also write a page with plots.")
@option("--log", "logs", is_flag=True, help="Also log the page to MLflow, and set the model's tag.")
@option("--fail", is_flag=True, help="Exit with 1 if anything has drifted.")
def drift(  # noqa: PLR0913 - its options
    *,
    location: Path | str | None,
    model: str | None,
    version: str | None,
    since_s: float,
    data: Path | str | None,
    query: str | None,
    as_json: bool,
    html: Path | None,
    logs: bool,
    fail: bool,
) -> None:
    """Compare the rows that a version answered with those that it was trained on.

    Reads the prediction log. Shows missing, unseen and out-of-range cells, then for each column
    and output whether its values have drifted, and how much. A drift is no proof of harm, and moves
    no alias. At least 300 rows are needed.
    """

    def run(settings: "TrainerSettings", progress: "Progress") -> "DriftReport":
        from baton_trainer.monitoring.drift.check_drift import (  # noqa: PLC0415 - slow
            DriftRequest,
            check_drift,
        )

        settings, place = resolve_log(settings, location, model)
        end = datetime.now(UTC)
        request = DriftRequest(place, version or settings.alias, end, since_s, data, query or None)
        report = check_drift(request, settings, progress)
        if html is not None:
            _write_page(report, html)
        if logs:
            progress.start_phase("logging to MLflow")
            _log(report, settings)
        return report

    report = call_trainer(run)
    _show(report, as_json=as_json)
    if fail and report.drifted:
        raise CommandFailed(report.message[:1].lower() + report.message[1:])


def _write_page(report: "DriftReport", file: Path) -> None:
    from baton_trainer.monitoring.drift.display.page import render_page  # noqa: PLC0415 - slow

    write_atomic(file, render_page(report).encode())


def _log(report: "DriftReport", settings: "TrainerSettings") -> None:
    from baton_trainer.monitoring.drift.display.drift_run import log_report  # noqa: PLC0415 - slow

    log_report(report, settings)


def _show(report: "DriftReport", *, as_json: bool) -> None:
    if as_json:
        terminal.show_json(report.to_json())
    else:
        from baton_trainer.monitoring.drift.display.tables import (  # noqa: PLC0415 - loaded by now
            render_report,
        )

        terminal.show(render_report(report))
