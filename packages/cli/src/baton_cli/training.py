"""What `train` and `bootstrap` share: the way into the trainer's room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from baton_cli.errors import CommandFailed, missing_room
from baton_cli.settings import load

if TYPE_CHECKING:
    from baton_trainer.training import TrainResult

DEFAULT_ESTIMATOR = "logistic"
ESTIMATORS = (
    DEFAULT_ESTIMATOR,
    "hist_gradient_boosting",
    "random_forest",
    "lightgbm",
    "xgboost",
)

data_option = click.option(
    "--data", type=click.Path(path_type=Path), metavar="FILE", help="A CSV table [built-in churn]."
)
target_option = click.option("--target", metavar="COLUMN", help="What to predict [Churn].")


@dataclass(frozen=True)
class Order:
    """What to train, as the command line says it."""

    data: Path | None = None
    target: str | None = None
    estimator: str = DEFAULT_ESTIMATOR
    params: Mapping[str, str] = field(default_factory=dict)


def run_training(order: Order) -> "TrainResult":
    """Trains and registers one version; progress on stderr.

    Raises:
        CommandFailed: this installation has no trainer, or it could not train.
        RegistryError: the registry gave no answer or refused.
    """
    try:
        # Seconds of imports, and a room that an image may lack.
        from baton_trainer import training  # noqa: PLC0415
        from baton_trainer.errors import TrainError  # noqa: PLC0415
        from baton_trainer.progress import ConsoleProgress  # noqa: PLC0415
        from baton_trainer.settings import TrainerSettings  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise missing_room("trainer", error) from error
    request = training.TrainRequest(order.data, order.target, order.estimator, order.params)
    try:
        with ConsoleProgress() as progress:
            return training.train(request, load(TrainerSettings), progress)
    except TrainError as error:
        raise CommandFailed(str(error)) from error
