"""What `train`, `bootstrap` and `up` share: options that say what to train, and the way to do it.

An option's parameter is named `section__key`, after the section and the key of `baton.toml` that
say the same.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from baton_cli.moves.arguments import FilePath
from baton_cli.stopping import Deferral, deferred, told_if_stopped
from baton_cli.training.trainer import in_trainer

if TYPE_CHECKING:
    from baton_trainer.progress import Progress
    from baton_trainer.settings import TrainerSettings
    from baton_trainer.train_result import TrainResult

DEFAULT_ESTIMATOR = "logistic"
ESTIMATORS = (
    DEFAULT_ESTIMATOR,
    "hist_gradient_boosting",
    "random_forest",
    "lightgbm",
    "xgboost",
)

F = TypeVar("F", bound=Callable[..., Any])

_FILE = FilePath()
_TABLE_OPTIONS = (
    click.option(
        "--config",
        type=_FILE,
        metavar="FILE",
        help="A baton.toml that says what these options say, and yields to them [./baton.toml].",
    ),
    click.option(
        "--data",
        "data__file",
        type=_FILE,
        metavar="FILE",
        help="A CSV or Parquet table [built-in churn].",
    ),
    click.option(
        "--separator",
        "data__separator",
        metavar="CHAR",
        help="What stands between cells of a CSV file: a character, or tab [found out].",
    ),
    click.option(
        "--encoding",
        "data__encoding",
        metavar="NAME",
        help="The text encoding of a CSV file [found out].",
    ),
    click.option(
        "--decimal",
        "data__decimal",
        type=click.Choice([".", ","]),
        help="The decimal mark in a CSV file [found out].",
    ),
    click.option("--target", "columns__target", metavar="COLUMN", help="What to predict [Churn]."),
    click.option(
        "--positive",
        "columns__positive",
        metavar="LABEL",
        help="Of two classes the one that the figures are about [the second].",
    ),
    click.option(
        "--drop",
        "columns__drop",
        multiple=True,
        metavar="COLUMN",
        help="Leave a column out. May be repeated.",
    ),
    click.option(
        "--id",
        "columns__id",
        multiple=True,
        metavar="COLUMN",
        help="A column that names rows: left out; rows of one id stay together. May be repeated.",
    ),
)

_GATE_OPTIONS = (
    click.option(
        "--gate-margin",
        "gate__margin",
        type=click.FloatRange(0, 1),
        metavar="X",
        help="How far the ROC AUC may be below production's on the same rows [0.01].",
    ),
    click.option(
        "--gate-confidence",
        "gate__confidence",
        type=click.FloatRange(0, 1, min_open=True, max_open=True),
        metavar="P",
        help="How sure it must be that it is not further below [0.5: more likely than not].",
    ),
    click.option(
        "--gate-slice-margin",
        "gate__slice_margin",
        type=click.FloatRange(0, 1),
        metavar="X",
        help="How far it may surely be below in a single category [0.05].",
    ),
    click.option(
        "--gate-max-mb",
        "gate__max_mb",
        type=click.FloatRange(0, min_open=True),
        metavar="MB",
        help="How large the ONNX model may be [100].",
    ),
)


def table_options(command: F) -> F:
    """The options that say which table to train on, and what its columns are."""
    return _with(_TABLE_OPTIONS, command)


def gate_options(command: F) -> F:
    """The options that say how much worse than production a version may be."""
    return _with(_GATE_OPTIONS, command)


def _with(options: Sequence[Callable[[F], F]], command: F) -> F:
    for option in reversed(options):
        command = option(command)
    return command


@dataclass(frozen=True)
class Order:
    """What to train, as the command line says it.

    Attributes:
        config: a `baton.toml` that completes it; None means that of the working directory, if any.
        given: what was said, by section and key of that file.
    """

    config: Path | None = None
    given: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, config: Path | None, options: Mapping[str, Any]) -> "Order":
        """Collects the options named `section__key`; those that were not given say nothing."""
        given: dict[str, dict[str, Any]] = {}
        for name, value in options.items():
            section, _, key = name.partition("__")
            if value not in (None, (), {}):
                given.setdefault(section, {})[key] = value
        return cls(config, given)


def run_training(order: Order, until_told: Deferral) -> "TrainResult":
    """Trains and registers one version; progress on stderr. Raises as `in_trainer` does.

    From the registration on, signals wait until the block of `until_told` ends: a version has its
    alias, and its number is told.
    """

    def act(settings: "TrainerSettings", progress: "Progress") -> "TrainResult":
        with deferred():
            from baton_trainer import request, training  # noqa: PLC0415 - seconds of imports

        wanted = request.load(order.config, order.given)
        command = ("baton", *sys.argv[1:])
        return training.train(wanted, settings, progress, command, until_told.begin)

    with told_if_stopped("nothing was registered"):
        return in_trainer(act)


def repeated(ctx: click.Context) -> tuple[str, ...]:
    """The options of this command that say what to train, as arguments for another one."""
    arguments: list[str] = []
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name or "")
        if parameter.name != "config" and "__" not in (parameter.name or ""):
            continue
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        for each in values:
            arguments += [parameter.opts[0], str(each)]
    return tuple(arguments)
