"""Options of a training run, for `train`, `bootstrap` and `up`.

The parameter of an option is named `section__key`, like its section and key in `baton.toml`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from baton_cli.argument_types.places import DataLocation, FilePath
from baton_cli.options import option

DEFAULT_ESTIMATOR = "logistic"
DEFAULT_REGRESSOR = "ridge"
ESTIMATORS = (
    DEFAULT_ESTIMATOR,
    DEFAULT_REGRESSOR,
    "hist_gradient_boosting",
    "random_forest",
    "lightgbm",
    "xgboost",
)
"""The names in `baton_trainer.models.families`, which an image may lack. A test compares them."""

F = TypeVar("F", bound=Callable[..., Any])

_FILE = FilePath()
_TABLE_OPTIONS = (
    option(
        "--config",
        type=_FILE,
        metavar="FILE",
        show_default="./baton.toml",
        help="A baton.toml; these options override it.",
    ),
    option(
        "--data",
        "data__file",
        type=DataLocation(),
        metavar="FILE|URL",
        show_default="built-in churn table",
        help="A CSV or Parquet file, here or e.g. at s3://…; with --query a database.",
    ),
    option(
        "--query",
        "data__query",
        metavar="SQL",
        help="Train on the rows of this query of the database at --data.",
    ),
    option(
        "--separator",
        "data__separator",
        metavar="CHAR",
        show_default="detected",
        help="Separator of a CSV file: a character, or tab.",
    ),
    option(
        "--encoding",
        "data__encoding",
        metavar="NAME",
        show_default="detected",
        help="Text encoding of a CSV file.",
    ),
    option(
        "--decimal",
        "data__decimal",
        type=click.Choice([".", ","]),
        show_default="detected",
        help="Decimal mark of a CSV file.",
    ),
    option(
        "--target",
        "columns__target",
        metavar="COLUMN",
        show_default="Churn",
        help="The column to predict.",
    ),
    option(
        "--task",
        "train__task",
        type=click.Choice(["classification", "regression"]),
        show_default="detected from the target",
        help="Whether the target has classes or amounts.",
    ),
    option(
        "--positive",
        "columns__positive",
        metavar="LABEL",
        show_default="the second of two",
        help="The class that binary metrics refer to.",
    ),
    option(
        "--drop",
        "columns__drop",
        multiple=True,
        metavar="COLUMN",
        help="A column to ignore. Repeatable.",
    ),
    option(
        "--id",
        "columns__id",
        multiple=True,
        metavar="COLUMN",
        help="An id column: not a feature; rows with one id stay in one split. Repeatable.",
    ),
    option(
        "--private",
        "columns__private",
        multiple=True,
        metavar="COLUMN",
        help="A column whose values appear in no report, profile or log. Repeatable.",
    ),
)

_GATE_OPTIONS = (
    option(
        "--gate-margin",
        "gate__margin",
        type=click.FloatRange(0, 1),
        metavar="X",
        show_default="0.01",
        help="How far ROC AUC may be below production on the same rows, or RMSE above, as a share.",
    ),
    option(
        "--gate-confidence",
        "gate__confidence",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        metavar="P",
        show_default="0.5",
        help="Required probability that ROC AUC or RMSE is within the margin.",
    ),
    option(
        "--gate-slice-margin",
        "gate__slice_margin",
        type=click.FloatRange(0, 1),
        metavar="X",
        show_default="0.05",
        help="How much worse ROC AUC or RMSE may be in one category, at 95 % confidence.",
    ),
    option(
        "--gate-max-mb",
        "gate__max_mb",
        type=click.FloatRange(0, min_open=True),
        metavar="MB",
        show_default="100 MB",
        help="Maximum size of the ONNX model.",
    ),
)


def query_option(command: F) -> F:
    """Adds `--query`, for a verb whose `--data` names a table to compare with."""
    text = "Take the rows of this query of the database at --data."
    return option("--query", metavar="SQL", help=text)(command)


def add_table_options(command: F) -> F:
    """Adds the options of the table and its columns."""
    return _apply(_TABLE_OPTIONS, command)


def add_gate_options(command: F) -> F:
    """Adds the options of the gate."""
    return _apply(_GATE_OPTIONS, command)


def _apply(options: Sequence[Callable[[F], F]], command: F) -> F:
    for add in reversed(options):
        command = add(command)
    return command


@dataclass(frozen=True)
class TrainOptions:
    """The options of a training run.

    Attributes:
        config: a `baton.toml` with further options; None uses the one in the working directory.
        values: the options that were given, by section and key of that file.
    """

    config: Path | None = None
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def from_parameters(cls, config: Path | None, parameters: Mapping[str, Any]) -> "TrainOptions":
        """Collects the parameters named `section__key` that were given."""
        values: dict[str, dict[str, Any]] = {}
        for name, value in parameters.items():
            section, _, key = name.partition("__")
            if value not in (None, (), {}):
                values.setdefault(section, {})[key] = value
        return cls(config, values)


def list_arguments(ctx: click.Context) -> tuple[str, ...]:
    """Lists the training options of this command as arguments for another one."""
    arguments: list[str] = []
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name or "")
        if parameter.name != "config" and "__" not in (parameter.name or ""):
            continue
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        for each in values:
            arguments += [parameter.opts[0], str(each)]
    return tuple(arguments)
