"""Waiting until a child answers."""

import asyncio
import time
from collections.abc import Callable

import httpx

from baton_cli.errors import CommandFailed
from baton_cli.processes.child import Program
from baton_cli.processes.supervisor import Supervisor, shown

POLL_INTERVAL_S = 0.1
REQUEST_TIMEOUT_S = 2.0
MOST_ENDS = 3
"""A program that ends so often before it has answered once will not do so the next time."""


def create_local_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client for our own children: no proxy, no patience."""
    return httpx.AsyncClient(transport=transport, timeout=REQUEST_TIMEOUT_S, trust_env=False)


async def is_ok(client: httpx.AsyncClient, url: str) -> bool:
    """Whether a GET is answered with 2xx."""
    try:
        return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False


async def wait_until_ok(
    client: httpx.AsyncClient,
    url: str,
    timeout_s: float,
    hopeless: Callable[[], bool] = lambda: False,
) -> bool:
    """Asks until the answer is 2xx; False where the time is up or it is hopeless."""
    deadline = time.monotonic() + timeout_s
    while not await is_ok(client, url):
        if hopeless() or time.monotonic() >= deadline:
            return False
        await asyncio.sleep(POLL_INTERVAL_S)
    return True


async def wait_for(
    client: httpx.AsyncClient,
    supervisor: Supervisor,
    program: Program,
    url: str,
    timeout_s: float,
) -> None:
    """Waits until the program answers at `url`.

    Raises:
        CommandFailed: it does not; the line carries the last one of its log.
    """
    if await wait_until_ok(
        client, url, timeout_s, hopeless=lambda: supervisor.ends[program.title] >= MOST_ENDS
    ):
        return
    raise CommandFailed(format_failure(program, f"{program.title} does not answer at {url}"))


def format_failure(program: Program, what: str) -> str:
    """What happened, the last word of the program about it, and where to read more."""
    last = program.log.last_line().removeprefix("baton: ")
    return f"{what}: {last or 'it said nothing'} (log: {shown(program.log.path)})"
