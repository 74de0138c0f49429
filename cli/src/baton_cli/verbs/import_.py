"""`baton import`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from baton_cli import terminal
from baton_cli.argument_types.models import ModelName, ModelReference, RegisteredModel
from baton_cli.argument_types.places import FilePath, HttpAddress
from baton_cli.options import option
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import Deferral
from baton_cli.training.options import TrainOptions, add_gate_options
from baton_cli.training.summary import describe_metric
from baton_cli.training.trainer import run_import

if TYPE_CHECKING:  # an image may lack the trainer
    from baton_trainer.train_result import TrainResult


@click.command(name="import")
@click.argument("model", type=RegisteredModel(), metavar="MODEL[/VERSION|@ALIAS]")
@option(
    "--data",
    type=FilePath(),
    required=True,
    metavar="FILE",
    help="A CSV or Parquet file of rows to compare on; the gate needs 1,000.",
)
@option(
    "--target",
    metavar="COLUMN",
    show_default="none",
    help="The column of FILE with the truth: measures the version.",
)
@option(
    "--from",
    "source_uri",
    type=HttpAddress(),
    metavar="URL",
    show_default="MLFLOW_TRACKING_URI",
    help="The tracking server to import from, MLflow 2.9 or newer.",
)
@option(
    "--to",
    "name",
    type=ModelName(),
    metavar="NAME",
    show_default="the same name",
    help="The registered model that gets the new version.",
)
@option(
    "--private",
    "private",
    multiple=True,
    metavar="COLUMN",
    help="A column whose values appear in no input example, slice or log. Repeatable.",
)
@option(
    "--trust-model",
    is_flag=True,
    help="Open the model's pickle even if this machine has no sandbox.",
)
@option("--sign", is_flag=True, help="Sign the new version with BATON_SIGNING_KEY.")
@add_gate_options
def import_(model: ModelReference, *, data: Path, **options: Any) -> None:
    """Import a version of any MLflow registry as a new version in ONNX.

    MODEL is a scikit-learn, XGBoost, LightGBM or CatBoost model. Without a version, the one of the
    alias counts, else the newest. Its pickle is opened only in a sandbox: a process in the model's
    own library versions, without network, secrets or other files.

    Both models score the rows of FILE and generated ones. Unless the ONNX form gives the same
    labels, and values within 1e-5, nothing is registered and the exit code is 1.

    Prints the new version on stdout and everything else on stderr.
    """
    settings = load(CliSettings)
    gate_options = {key: options.pop(key) for key in [*options] if key.startswith("gate__")}
    limits = TrainOptions.from_parameters(None, gate_options)
    with Deferral() as deferral:
        result = run_import(model, data, options, limits, deferral)
        target = options["name"] or model.name
        terminal.print_progress(_format_summary(target, result))
        if target != settings.model_name:
            terminal.print_progress(f"to promote it, set BATON_MODEL_NAME={target}")
        terminal.show(result.version)


def _format_summary(model_name: str, result: "TrainResult") -> str:
    """Formats the result in one line."""
    figure = describe_metric(result.metrics, "data_")
    parts = [f"{figure} on the data" if figure else "", f"gate {result.gate}"]
    return f"{model_name} version {result.version}: {', '.join(filter(None, parts))}"
