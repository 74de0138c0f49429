"""The life of one `baton up`: start, first version, summary, and until somebody stops it."""

import asyncio
import signal
from contextlib import suppress

import click
import httpx

from baton_cli import terminal
from baton_cli.embedded import example, hints, programs
from baton_cli.embedded.programs import Plan
from baton_cli.errors import CommandFailed
from baton_cli.processes.child import Lifeline, Program
from baton_cli.processes.ready import format_failure, create_local_client, wait_until_ok, wait_for
from baton_cli.processes.supervisor import Supervisor
from baton_cli.settings import CliSettings
from baton_registry.rest.client import RegistryClient

TRACKING_TIMEOUT_S = 120.0
INFERENCE_TIMEOUT_S = 60.0
READY_TIMEOUT_S = 20.0
MOST_BOOTSTRAPS = 3
NEWS_INTERVAL_S = 0.3


async def live(plan: Plan, settings: CliSettings) -> None:
    """Runs everything until a signal asks to stop; then nothing is left running.

    Raises:
        CommandFailed: something did not start.
    """
    stop = asyncio.Event()
    with Lifeline() as lifeline:
        supervisor = Supervisor(lifeline, terminal.tell)
        _on_signals(stop, supervisor)
        life = asyncio.create_task(_Life(plan, settings, supervisor).run())
        asked = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({life, asked}, return_when=asyncio.FIRST_COMPLETED)
            if life.done():
                life.result()
            terminal.end_line()
            terminal.tell("stopping")
        finally:
            life.cancel()
            asked.cancel()
            await asyncio.gather(life, asked, return_exceptions=True)
            await supervisor.stop()
    terminal.tell("stopped; nothing is left running")


def _on_signals(stop: asyncio.Event, supervisor: Supervisor) -> None:
    def ask() -> None:
        if stop.is_set():  # asked twice: they are in a hurry
            supervisor.kill()
        stop.set()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, ask)
    loop.add_signal_handler(signal.SIGTERM, ask)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # ignored under nohup
        loop.add_signal_handler(signal.SIGHUP, ask)


class _Life:
    def __init__(self, plan: Plan, settings: CliSettings, supervisor: Supervisor) -> None:
        self._plan = plan
        self._settings = settings
        self._supervisor = supervisor
        self._tracking = programs.tracking(plan)
        self._inference = programs.inference(plan)

    async def run(self) -> None:
        self._supervisor.keep(self._tracking)
        self._supervisor.keep(self._inference)
        async with create_local_client() as client:
            for line in await self._first_version(client):
                terminal.tell(line)
            is_ready = await self._inference_ready(client)
        has_example = await asyncio.to_thread(self._write_example)
        text = hints.summary(self._plan, self._settings, has_example=has_example, is_ready=is_ready)
        with suppress(OSError):  # nobody reads it: no reason to stop
            click.echo(text)
        await asyncio.Event().wait()

    async def _first_version(self, client: httpx.AsyncClient) -> list[str]:
        """Sees to it that there is a version; gives what the one-shot says, warnings first."""
        program = programs.bootstrap(self._plan)
        for _ in range(MOST_BOOTSTRAPS):
            await self._answers(client, self._tracking, f"{self._plan.tracking_uri}/health")
            ends = self._supervisor.ends[self._tracking.title]
            code = await self._told(program)
            if code == 0:
                return [*dict.fromkeys([*program.log.warnings(), program.log.last_line()])]
            if self._supervisor.ends[self._tracking.title] == ends:
                break  # its own failure, not that of a tracking server that went away
        raise CommandFailed(format_failure(program, "the first version could not be trained"))

    async def _told(self, program: Program) -> int:
        """Runs the program to its end, its last line always in view, and gives its exit code."""
        with terminal.waiting("looking for a version; the first one is trained here") as update:
            run = asyncio.create_task(self._supervisor.run_once(program))
            try:
                while not (await asyncio.wait({run}, timeout=NEWS_INTERVAL_S))[0]:
                    update(program.log.last_line())
            finally:
                run.cancel()
        return run.result()

    async def _inference_ready(self, client: httpx.AsyncClient) -> bool:
        await self._answers(client, self._inference, f"{self._plan.inference_url}/livez")
        with terminal.waiting("loading the version"):
            return await wait_until_ok(client, f"{self._plan.inference_url}/readyz", READY_TIMEOUT_S)

    async def _answers(self, client: httpx.AsyncClient, program: Program, url: str) -> None:
        timeout_s = TRACKING_TIMEOUT_S if program is self._tracking else INFERENCE_TIMEOUT_S
        with terminal.waiting(f"starting {program.title}"):
            await wait_for(client, self._supervisor, program, url, timeout_s)

    def _write_example(self) -> bool:
        with RegistryClient(self._plan.tracking_uri) as registry:
            return example.write_example(
                registry,
                self._settings.model_name,
                self._settings.alias,
                self._plan.home.example,
                trusted=self._settings.trusted_keys,
            )
