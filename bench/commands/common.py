"""What the commands share: options, the testbed, and the output of tables."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from baton_cli.terminal import show
from bench.output.documents import DETAILS, replace_section
from bench.testbed.testbed import Testbed, start_testbed

T = TypeVar("T")

quick_option = click.option("--quick", is_flag=True, help="One short round.")
write_option = click.option(
    "--write",
    is_flag=True,
    help="Also write the tables to their page in docs/; servers and train also to README.md.",
)


def run_on_testbed(benchmark: Callable[[Testbed], Awaitable[T]]) -> T:
    """Runs a benchmark on a tracking server of its own, and returns its results."""

    async def run() -> T:
        async with start_testbed() as testbed:
            return await benchmark(testbed)

    return asyncio.run(run())


def print_results(name: str, text: str, *, write: bool, page: Path = DETAILS) -> None:
    """Prints the tables.

    Args:
        name: the name of the command, and of its section in the page.
        text: the tables.
        write: whether they also replace the section.
        page: the document.
    """
    show(text)
    if write:
        replace_section(page, name, text)
