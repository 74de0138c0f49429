"""The options of `baton feedback` that say how its file names rows and their labels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from baton_cli.argument_types.times import Duration
from baton_cli.options import option

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class LabelOptions:
    """The columns of the file, and the window for routing keys.

    Attributes:
        id_column: request ids; None if the file has routing keys.
        row_column: numbers of rows in the request; None: every row is row 0.
        key_column: routing keys; None if the file has request ids.
        window_s: how long before its label a prediction of a routing key may be, in seconds.
        label_column: labels.
        at_column: times at which the labels became known.
    """

    id_column: str | None
    row_column: str | None
    key_column: str | None
    window_s: float | None
    label_column: str
    at_column: str | None

    def check(self) -> None:
        """Checks the options against each other. Raises a usage error."""
        if (self.id_column is None) == (self.key_column is None):
            raise click.UsageError("Give either --id COLUMN or --key COLUMN.")
        if (self.key_column is None) != (self.window_s is None):
            raise click.UsageError("--key COLUMN and --window TIME need each other.")
        if self.key_column is not None and self.row_column is not None:
            raise click.UsageError("--row needs --id.")


_OPTIONS = (
    option("--id", "id_column", metavar="COLUMN", help="The column of request ids (X-Request-ID)."),
    option(
        "--row",
        "row_column",
        metavar="COLUMN",
        show_default="every row is row 0",
        help="With --id: the column of the row's number in the request.",
    ),
    option(
        "--key",
        "key_column",
        metavar="COLUMN",
        help="The column of routing keys (X-Routing-Key), instead of --id.",
    ),
    option(
        "--window",
        "window_s",
        type=Duration(),
        metavar="TIME",
        help="With --key: how long before its label a prediction may be, e.g. 90d.",
    ),
    option(
        "--label", "label_column", required=True, metavar="COLUMN", help="The column of labels."
    ),
    option(
        "--at",
        "at_column",
        metavar="COLUMN",
        show_default="not said; with --key now",
        help="The column of the time at which the label became known; a date alone is 00:00 UTC.",
    ),
)


def add_label_options(command: F) -> F:
    """Adds the options."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command
