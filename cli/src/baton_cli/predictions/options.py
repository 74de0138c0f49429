"""The options of the verbs that read the prediction log with the trainer."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from baton_cli.argument_types.models import ModelName
from baton_cli.argument_types.places import DataLocation
from baton_cli.options import option

if TYPE_CHECKING:
    from baton_trainer.settings import TrainerSettings

log_option = option(
    "--from",
    "location",
    type=DataLocation(),
    metavar="DIR|URL",
    show_default="BATON_PREDICTIONS_DIR",
    help="The prediction log.",
)
model_option = option(
    "--model", type=ModelName(), show_default="BATON_MODEL_NAME", help="The registered model."
)


def resolve_log(
    settings: "TrainerSettings", location: Path | str | None, model: str | None
) -> tuple["TrainerSettings", Path | str]:
    """Returns the settings for the model, and where its log is.

    Raises:
        UsageError: neither the option nor a setting names the log.
    """
    place = location or settings.predictions_dir
    if place is None:
        raise click.UsageError(
            "Name the prediction log: --from DIR|URL, or set BATON_PREDICTIONS_DIR.",
            click.get_current_context(silent=True),
        )
    if model is not None:
        settings = settings.model_copy(update={"model_name": model})
    return settings, place
