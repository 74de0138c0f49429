"""Waits until a child answers HTTP requests."""

import asyncio
import time
from collections.abc import Callable

import httpx

from baton_cli.errors import CommandFailed
from baton_cli.processes.child import Program
from baton_cli.processes.supervisor import Supervisor
from baton_cli.terminal import shorten_path

POLL_INTERVAL_S = 0.1
REQUEST_TIMEOUT_S = 2.0
MAX_EXITS = 3
"""Exits before the first answer after which waiting stops."""


def create_local_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Creates a client for children on this machine: no proxy, a short time-out."""
    return httpx.AsyncClient(transport=transport, timeout=REQUEST_TIMEOUT_S, trust_env=False)


async def is_ok(client: httpx.AsyncClient, url: str) -> bool:
    """Whether a GET returns 2xx."""
    try:
        return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False


async def wait_until_ok(
    client: httpx.AsyncClient,
    url: str,
    timeout_s: float,
    has_failed: Callable[[], bool] = lambda: False,
) -> bool:
    """Polls until the answer is 2xx; returns False at the time-out or if `has_failed`."""
    deadline = time.monotonic() + timeout_s
    while not await is_ok(client, url):
        if has_failed() or time.monotonic() >= deadline:
            return False
        await asyncio.sleep(POLL_INTERVAL_S)
    return True


async def wait_until_answering(
    client: httpx.AsyncClient,
    supervisor: Supervisor,
    program: Program,
    url: str,
    timeout_s: float,
) -> None:
    """Waits until the program answers at `url`.

    Raises:
        CommandFailed: it does not; the message includes the last line of its log.
    """

    def has_failed() -> bool:
        return supervisor.exit_counts[program.title] >= MAX_EXITS

    if not await wait_until_ok(client, url, timeout_s, has_failed):
        raise CommandFailed(format_failure(program, f"{program.title} does not answer at {url}"))


def format_failure(program: Program, failure: str) -> str:
    """Formats a failure with the last line of the program's log and the log's path."""
    last = program.log.read_last_line().removeprefix("baton: ")
    return f"{failure}: {last or 'its log is empty'} (log: {shorten_path(program.log.path)})"
