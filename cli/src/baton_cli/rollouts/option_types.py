"""Types of the options of a rollout. A bad value is a usage error."""

import re
import shlex
import shutil

import click

from baton_cli.argument_types.places import TableLocation
from baton_cli.argument_types.times import Duration
from baton_cli.options import option
from baton_rollout.progress.plan import check_steps

FOR_EVER = "for ever"
"""The value of `--wait` without a time."""

predictions_option = option(
    "--predictions",
    type=TableLocation(),
    metavar="DIR|URL",
    show_default="BATON_PREDICTIONS_DIR",
    help="The prediction log: rows of it that both versions scored and that have labels count.",
)


class Weights(click.ParamType[tuple[float, ...]]):
    """The weights of a rollout's steps in percent, comma-separated."""

    name = "weights"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Parses the value. Raises a usage error."""
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(re.fullmatch(r"\d{1,3}(\.\d{1,2})?", part, re.ASCII) for part in parts):
            self.fail(f"{value!r} is not a list of weights such as 0,10,50,100.", param, ctx)
        weights = tuple(map(float, parts))
        try:
            check_steps(weights)
        except ValueError as error:
            self.fail(f"{value!r}: {error}.", param, ctx)
        return weights


class Command(click.ParamType[tuple[str, ...]]):
    """A program and its arguments, quoted as for a shell, but run without one."""

    name = "command"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Parses the value. Raises a usage error."""
        try:
            command = tuple(shlex.split(str(value)))
        except ValueError as error:
            self.fail(f"{value!r} is not a command: {error}.", param, ctx)
        if not command or shutil.which(command[0]) is None:
            self.fail(f"{value!r} does not begin with a program that can be run.", param, ctx)
        return command


class WaitTime(Duration):
    """How long to wait; for ever without a value."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parses the value to seconds. Raises a usage error."""
        return float("inf") if value == FOR_EVER else super().convert(value, param, ctx)
