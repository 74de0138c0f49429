import asyncio
from pathlib import Path

import httpx
import pytest

from baton_cli.errors import CommandFailed
from baton_cli.processes import ready
from baton_cli.processes.child import Lifeline
from baton_cli.processes.ready import format_failure, is_ok, create_local_client, wait_until_ok, wait_for
from baton_cli.processes.supervisor import Supervisor
from tests.support.cli.processes import program

URL = "http://127.0.0.1:1/health"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "POLL_INTERVAL_S", 0.0)


def answers(*script: int | Exception) -> httpx.MockTransport:
    """Statuses and failures in turn, the last for ever."""
    left = list(script)

    def handle(_: httpx.Request) -> httpx.Response:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    return httpx.MockTransport(handle)


@pytest.mark.parametrize(
    ("answer", "expected"), [(200, True), (503, False), (httpx.ConnectError("refused"), False)]
)
def test_ok_is_an_answer_that_says_so(answer: int | Exception, *, expected: bool) -> None:
    """An error and no answer are not ok, and no exception either."""

    async def scenario() -> bool:
        async with create_local_client(answers(answer)) as client:
            return await is_ok(client, URL)

    assert asyncio.run(scenario()) is expected


def test_asks_until_it_is_ok() -> None:
    """A server takes its time to start."""

    async def scenario() -> bool:
        async with create_local_client(answers(httpx.ConnectError(""), 503, 200)) as client:
            return await wait_until_ok(client, URL, timeout_s=10)

    assert asyncio.run(scenario())


def test_gives_up_in_time() -> None:
    """Not every server comes."""

    async def scenario() -> bool:
        async with create_local_client(answers(503)) as client:
            return await wait_until_ok(client, URL, timeout_s=0)

    assert not asyncio.run(scenario())


def test_a_program_that_keeps_dying_is_not_waited_for(tmp_path: Path) -> None:
    """It will not do so the next time; its last words are told, and where its log is."""
    it = program(tmp_path, "")
    it.log.path.write_text("baton: BATON_MAX_ROWS='x': a number\n")

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, print)
            supervisor.ends["it"] = ready.MOST_ENDS
            async with create_local_client(answers(503)) as client:
                await wait_for(client, supervisor, it, URL, timeout_s=600)

    with pytest.raises(CommandFailed) as failure:
        asyncio.run(scenario())
    assert str(failure.value) == (
        f"it does not answer at {URL}: BATON_MAX_ROWS='x': a number (log: {it.log.path})"
    )


def test_a_silent_failure_is_told_as_such(tmp_path: Path) -> None:
    """Also where there are no last words, the line says where to look."""
    it = program(tmp_path, "")
    assert format_failure(it, "it died") == f"it died: it said nothing (log: {it.log.path})"
