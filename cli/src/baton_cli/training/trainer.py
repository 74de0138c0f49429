"""Calls into the trainer: its import takes seconds, and an image may lack it."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from baton_cli.argument_types.models import ModelReference
from baton_cli.dask_cluster.options import ClusterOptions
from baton_cli.errors import (
    CommandFailed,
    build_missing_extra_error,
    build_missing_package_error,
    to_usage_error,
)
from baton_cli.progress import ConsoleProgress
from baton_cli.settings import load
from baton_cli.stopping import Deferral, defer_signals, explain_interruption
from baton_cli.training.options import TrainOptions

if TYPE_CHECKING:
    from baton_trainer.audit.reproduction import Reproduction
    from baton_trainer.audit.version_comparison import VersionComparison
    from baton_trainer.progress import Progress
    from baton_trainer.settings import TrainerSettings
    from baton_trainer.train_result import TrainResult
    from baton_trainer.tuning.place import SearchPlace

T = TypeVar("T")


def call_trainer(run: Callable[["TrainerSettings", "Progress"], T]) -> T:
    """Calls the trainer with its settings; progress goes to stderr.

    Args:
        run: the call. It imports the parts of the trainer that it uses.

    Raises:
        CommandFailed: the trainer is not installed, or it failed.
        click.UsageError: an option has a value that is not allowed.
        RegistryError: the registry did not answer or refused.
    """
    try:
        from baton_trainer.errors import OptionError, TrainError  # noqa: PLC0415 - see above
        from baton_trainer.settings import TrainerSettings  # noqa: PLC0415

        try:
            with ConsoleProgress() as progress:
                return run(load(TrainerSettings), progress)
        except OptionError as error:
            raise to_usage_error(error) from error
        except TrainError as error:
            raise CommandFailed(str(error)) from error
    except ModuleNotFoundError as error:
        raise build_missing_package_error("trainer", error) from error


def run_training(
    options: TrainOptions, deferral: Deferral, cluster: ClusterOptions | None = None
) -> "TrainResult":
    """Trains and registers one version; progress goes to stderr. Raises like `call_trainer`.

    Begins `deferral` at the registration: its block then prints the number and moves the alias
    before a signal ends it. The trials of a search run on `cluster`, if one is named.
    """

    def run(settings: "TrainerSettings", progress: "Progress") -> "TrainResult":
        with defer_signals():
            from baton_trainer import training  # noqa: PLC0415 - see above
            from baton_trainer.request_loading import load_request  # noqa: PLC0415

        training_request = load_request(options.config, options.values)
        place = _find_place(cluster, training_request.train.search)
        command = ("baton", *sys.argv[1:])
        return training.train(
            training_request, settings, progress, command, deferral.begin, place=place
        )

    with explain_interruption("nothing was registered"):
        return call_trainer(run)


def _find_place(cluster: ClusterOptions | None, search: int) -> "SearchPlace":
    """Returns where the trials run. Raises a usage error if there are none."""
    from baton_trainer.tuning.place import HERE, SearchPlace  # noqa: PLC0415 - see above

    if not cluster:
        return HERE
    if not search:
        raise click.UsageError("--workers and --scheduler run the trials of --search N.")
    try:
        with defer_signals():
            from baton_cli.dask_cluster.joblib_backend import use_cluster  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise build_missing_extra_error("dask", error) from error
    return SearchPlace(str(cluster), partial(use_cluster, cluster))


def run_import(
    model: ModelReference,
    data: Path,
    options: Mapping[str, Any],
    gate: TrainOptions,
    deferral: Deferral,
) -> "TrainResult":
    """Imports one version; progress goes to stderr. Raises like `call_trainer`.

    Args:
        model: the version to import.
        data: the rows to compare on.
        options: `target`, `source_uri`, `name`, `trust_model` and `sign`; None if not given.
        gate: the limits of the gate.
        deferral: begins at the registration, as in `run_training`.
    """

    def run(settings: "TrainerSettings", progress: "Progress") -> "TrainResult":
        with defer_signals():
            from baton_trainer.importing import import_version  # noqa: PLC0415 - see above
            from baton_trainer.importing.request import ImportRequest  # noqa: PLC0415
            from baton_trainer.request_loading import load_request  # noqa: PLC0415

        given = {name: value for name, value in options.items() if value is not None}
        limits = load_request(gate.config, gate.values).gate
        import_request = ImportRequest(
            model.name, data, model.version, model.alias, **given, gate=limits
        )
        return import_version.import_version(import_request, settings, progress, deferral.begin)

    with explain_interruption("nothing was registered"):
        return call_trainer(run)


def repeat_training(version: str, data: Path | str | None) -> "Reproduction":
    """Trains a version, a number or an alias, again. Raises like `call_trainer`."""

    def run(settings: "TrainerSettings", progress: "Progress") -> "Reproduction":
        from baton_trainer.audit import reproduce_version  # noqa: PLC0415 - see above

        return reproduce_version.reproduce(version, data, settings, progress)

    return call_trainer(run)


def compare_versions(
    first: str, second: str, data: Path | str | None, query: str | None = None
) -> "VersionComparison":
    """Compares two versions, numbers or aliases. Raises like `call_trainer`.

    Args:
        first: a version.
        second: another one.
        data: a table that both score, or with a query the URL of a database.
        query: the SQL query whose rows are the table.
    """

    def run(settings: "TrainerSettings", progress: "Progress") -> "VersionComparison":
        from baton_trainer.audit import compare_versions as audit  # noqa: PLC0415 - see above
        from baton_trainer.request import Data  # noqa: PLC0415

        return audit.compare(
            first, second, Data(file=data, query=query or None), settings, progress
        )

    return call_trainer(run)
