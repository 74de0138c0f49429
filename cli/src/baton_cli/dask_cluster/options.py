"""The options that name a cluster. This module does not import Dask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from baton_cli.options import option

F = TypeVar("F", bound=Callable[..., Any])
TLS, PLAIN = "tls", "tcp"


@dataclass(frozen=True)
class ClusterOptions:
    """A cluster.

    Attributes:
        workers: processes to start on this machine; None: none.
        scheduler: the address of a running scheduler; None: none.
        insecure: whether a scheduler without TLS may be used.
    """

    workers: int | None = None
    scheduler: str | None = None
    insecure: bool = False

    def __bool__(self) -> bool:
        """Whether a cluster is named."""
        return self.workers is not None or self.scheduler is not None

    def check(self) -> None:
        """Checks the options against each other. Raises a usage error."""
        if self.workers is not None and self.scheduler is not None:
            raise click.UsageError("use either --workers or --scheduler.")
        if self.insecure and self.scheduler is None:
            raise click.UsageError("--insecure needs --scheduler.")
        if self.scheduler is not None and not self.insecure and not self.has_tls:
            raise click.UsageError(
                f"{self.scheduler} has no TLS: a program that reaches the scheduler can run any "
                "code on its workers. Use tls:// and certificates, or accept it with --insecure."
            )

    @property
    def has_tls(self) -> bool:
        """Whether the address of the scheduler is one with TLS."""
        return (self.scheduler or "").startswith(f"{TLS}://")

    def __str__(self) -> str:
        """Describes the cluster in a few words."""
        if self.scheduler is not None:
            return f"the Dask cluster at {self.scheduler}"
        return f"{self.workers} Dask worker{'s' * (self.workers != 1)} on this machine"


class SchedulerAddress(click.ParamType[str]):
    """The address of a Dask scheduler."""

    name = "address"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Parses the value; without a scheme it is `tcp://`, as for Dask. Raises a usage error."""
        text = str(value)
        text = text if "://" in text else f"{PLAIN}://{text}"
        try:
            parts = urlsplit(text)
            is_valid = bool(parts.hostname and parts.port and not parts.username)
        except ValueError:
            is_valid = False
        if not is_valid or parts.scheme not in (TLS, PLAIN) or parts.path.strip("/"):
            self.fail(f"{value!r} is not an address such as tls://scheduler:8786.", param, ctx)
        return text


_OPTIONS = (
    option(
        "--workers",
        type=click.IntRange(min=1),
        metavar="N",
        show_default="no cluster",
        help="Work in N processes on this machine, by Dask.",
    ),
    option(
        "--scheduler",
        type=SchedulerAddress(),
        metavar="ADDRESS",
        show_default="no cluster",
        help="Work on the cluster of this Dask scheduler, e.g. tls://scheduler:8786.",
    ),
    option(
        "--insecure",
        is_flag=True,
        help="Use a scheduler without TLS.",
    ),
)


def add_cluster_options(command: F) -> F:
    """Adds the options of a cluster."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command
