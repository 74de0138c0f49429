"""Checks a version for drift: reads its reference and the log, compares, and decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from baton_common.locations import Location
from baton_common.prediction_log import SAMPLING
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion
from baton_trainer.monitoring.drift.drift_report import DriftReport
from baton_trainer.monitoring.drift.reference import build_reference, read_reference
from baton_trainer.monitoring.drift.verdict import judge_columns
from baton_trainer.monitoring.drift.window import count_window, list_columns
from baton_trainer.monitoring.log_reader import LogReader
from baton_trainer.monitoring.profile import PROFILE_FILE, Profile
from baton_trainer.progress import Progress
from baton_trainer.request import Data
from baton_trainer.settings import TrainerSettings, configure_mlflow
from baton_trainer.tracking.quiet import silence_libraries


@dataclass(frozen=True)
class DriftRequest:
    """What to check.

    Attributes:
        location: the folder or URL of the prediction log.
        version: the version's number, or an alias.
        now: the end of the window, in UTC.
        since_s: how far back the window reaches, in seconds.
        data: a table to compare with, or with a query the URL of a database; None: the version's
            profile.
        query: the SQL query whose rows are the table.
    """

    location: Path | str
    version: str
    now: datetime
    since_s: float
    data: Location | None = None
    query: str | None = None


def check_drift(
    request: DriftRequest, settings: TrainerSettings, progress: Progress
) -> DriftReport:
    """Compares the logged rows of a version with its training.

    Raises:
        TrainError: there is no log or no reference, or a table cannot be read.
        RegistryError: no such version, or no answer.
    """
    configure_mlflow(settings)
    log = LogReader(request.location, progress.warn)
    with silence_libraries(), settings.open_registry() as registry:
        progress.start_phase("reading the reference")
        version = registry.find_version(settings.model_name, request.version)
        profile = _get_reference(registry, version, request, settings)
        progress.start_phase("reading the prediction log")
        return _compare(log, version, profile, request)


def _get_reference(
    registry: RegistryClient,
    version: ModelVersion,
    request: DriftRequest,
    settings: TrainerSettings,
) -> Profile:
    if request.data is None and request.query is None:
        return read_reference(registry, version, settings)
    data = Data(file=request.data, query=request.query)
    return build_reference(registry, version, data, settings)


def _compare(
    log: LogReader, version: ModelVersion, profile: Profile, request: DriftRequest
) -> DriftReport:
    since = request.now - timedelta(seconds=request.since_s)
    names = [SAMPLING, *(column.logged_as for column in list_columns(profile))]
    tables = log.iter_predictions(
        version.name, version.version, since=since, until=request.now, columns=names
    )
    window = count_window(tables, profile)
    return DriftReport(
        model=version.name,
        version=version.version,
        at=request.now,
        since=since,
        rows=window.rows,
        sampling=window.sampling,
        reference=PROFILE_FILE if request.data is None else str(request.data),
        rows_before=profile.rows,
        columns=tuple(judge_columns(window.columns)),
        not_logged=window.not_logged,
        private=tuple(name for name, each in profile.columns.items() if each.private),
    )
