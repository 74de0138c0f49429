import asyncio
from pathlib import Path

import httpx
import pytest

from baton_cli.errors import CommandFailed
from baton_cli.processes import ready
from baton_cli.processes.child import Lifeline
from baton_cli.processes.ready import (
    create_local_client,
    format_failure,
    is_ok,
    wait_until_answering,
    wait_until_ok,
)
from baton_cli.processes.supervisor import Supervisor
from tests.support.cli.processes import build_program

URL = "http://127.0.0.1:1/health"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "POLL_INTERVAL_S", 0.0)


def create_transport(*script: int | Exception) -> httpx.MockTransport:
    """Answers with the statuses and failures in turn, then repeats the last."""
    remaining = list(script)

    def handle(_: httpx.Request) -> httpx.Response:
        answer = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    return httpx.MockTransport(handle)


@pytest.mark.parametrize(
    ("answer", "expected"), [(200, True), (503, False), (httpx.ConnectError("refused"), False)]
)
def test_only_a_2xx_answer_is_ok(answer: int | Exception, *, expected: bool) -> None:
    """A failed request is not an exception."""

    async def scenario() -> bool:
        async with create_local_client(create_transport(answer)) as client:
            return await is_ok(client, URL)

    assert asyncio.run(scenario()) is expected


def test_polls_until_the_answer_is_ok() -> None:
    """A server takes time to start."""

    async def scenario() -> bool:
        async with create_local_client(
            create_transport(httpx.ConnectError(""), 503, 200)
        ) as client:
            return await wait_until_ok(client, URL, timeout_s=10)

    assert asyncio.run(scenario())


def test_poll_ends_at_the_timeout() -> None:
    """The result is False."""

    async def scenario() -> bool:
        async with create_local_client(create_transport(503)) as client:
            return await wait_until_ok(client, URL, timeout_s=0)

    assert not asyncio.run(scenario())


def test_wait_ends_if_the_program_keeps_exiting(tmp_path: Path) -> None:
    """The message has the last line of the log and its path."""
    it = build_program(tmp_path, "")
    it.log.path.write_text("baton: BATON_MAX_ROWS='x': a number\n")

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, print)
            supervisor.exit_counts["it"] = ready.MAX_EXITS
            async with create_local_client(create_transport(503)) as client:
                await wait_until_answering(client, supervisor, it, URL, timeout_s=600)

    with pytest.raises(CommandFailed) as failure:
        asyncio.run(scenario())
    assert str(failure.value) == (
        f"it does not answer at {URL}: BATON_MAX_ROWS='x': a number (log: {it.log.path})"
    )


def test_failure_with_an_empty_log_has_the_path(tmp_path: Path) -> None:
    """There is no last line to quote."""
    it = build_program(tmp_path, "")
    assert format_failure(it, "it died") == f"it died: its log is empty (log: {it.log.path})"
