"""One `baton up`: starts the programs and the first version, then runs until it is stopped."""

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
from baton_cli.processes.ready import (
    create_local_client,
    format_failure,
    wait_until_answering,
    wait_until_ok,
)
from baton_cli.processes.supervisor import Supervisor
from baton_cli.settings import CliSettings
from baton_registry.rest.client import RegistryClient

TRACKING_TIMEOUT_S = 120.0
INFERENCE_TIMEOUT_S = 60.0
READY_TIMEOUT_S = 20.0
MAX_BOOTSTRAPS = 3
UPDATE_INTERVAL_S = 0.3


async def run_until_stopped(plan: Plan, settings: CliSettings) -> None:
    """Runs everything until a signal requests the stop, and leaves no process behind.

    Raises:
        CommandFailed: a program did not start.
    """
    stop = asyncio.Event()
    with Lifeline() as lifeline:
        supervisor = Supervisor(lifeline, terminal.print_progress)
        _handle_signals(stop, supervisor)
        lifecycle = asyncio.create_task(_Lifecycle(plan, settings, supervisor).run())
        stop_request = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({lifecycle, stop_request}, return_when=asyncio.FIRST_COMPLETED)
            if lifecycle.done():
                lifecycle.result()
            terminal.end_line()
            terminal.print_progress("stopping")
        finally:
            lifecycle.cancel()
            stop_request.cancel()
            await asyncio.gather(lifecycle, stop_request, return_exceptions=True)
            await supervisor.stop()
    terminal.print_progress("stopped; no process is left running")


def _handle_signals(stop: asyncio.Event, supervisor: Supervisor) -> None:
    def request_stop() -> None:
        if stop.is_set():  # the second signal: do not wait
            supervisor.kill()
        stop.set()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, request_stop)
    loop.add_signal_handler(signal.SIGTERM, request_stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # ignored under nohup
        loop.add_signal_handler(signal.SIGHUP, request_stop)


class _Lifecycle:
    def __init__(self, plan: Plan, settings: CliSettings, supervisor: Supervisor) -> None:
        self._plan = plan
        self._settings = settings
        self._supervisor = supervisor
        self._tracking = programs.build_tracking(plan)
        self._inference = programs.build_inference(plan)

    async def run(self) -> None:
        self._supervisor.keep_running(self._tracking)
        self._supervisor.keep_running(self._inference)
        async with create_local_client() as client:
            for line in await self._ensure_first_version(client):
                terminal.print_progress(line)
            is_ready = await self._wait_until_ready(client)
        if self._settings.followed_canary is not None:
            self._supervisor.keep_running(programs.build_controller(self._plan))
        has_example = await asyncio.to_thread(self._write_example)
        text = hints.format_summary(
            self._plan, self._settings, has_example=has_example, is_ready=is_ready
        )
        with suppress(OSError):  # a closed stdout is not a reason to stop
            click.echo(text)
        await asyncio.Event().wait()

    async def _ensure_first_version(self, client: httpx.AsyncClient) -> list[str]:
        """Trains the first version if there is none; returns the lines to print, warnings first."""
        program = programs.build_bootstrap(self._plan)
        for _ in range(MAX_BOOTSTRAPS):
            await self._wait_for(client, self._tracking, f"{self._plan.tracking_uri}/health")
            exits = self._supervisor.exit_counts[self._tracking.title]
            code = await self._run_bootstrap(program)
            if code == 0:
                return [
                    *dict.fromkeys([*program.log.read_warnings(), program.log.read_last_line()])
                ]
            if self._supervisor.exit_counts[self._tracking.title] == exits:
                break  # training failed, not the tracking server
        raise CommandFailed(format_failure(program, "the first training failed"))

    async def _run_bootstrap(self, program: Program) -> int:
        """Runs the program to its end, shows its last line, and returns its exit code."""
        with terminal.show_spinner("checking for a version; the first one is trained now") as show:
            run = asyncio.create_task(self._supervisor.run_once(program))
            try:
                while not (await asyncio.wait({run}, timeout=UPDATE_INTERVAL_S))[0]:
                    show(program.log.read_last_line())
            finally:
                run.cancel()
        return run.result()

    async def _wait_until_ready(self, client: httpx.AsyncClient) -> bool:
        await self._wait_for(client, self._inference, f"{self._plan.inference_url}/livez")
        with terminal.show_spinner("loading the version"):
            url = f"{self._plan.inference_url}/readyz"
            return await wait_until_ok(client, url, READY_TIMEOUT_S)

    async def _wait_for(self, client: httpx.AsyncClient, program: Program, url: str) -> None:
        timeout_s = TRACKING_TIMEOUT_S if program is self._tracking else INFERENCE_TIMEOUT_S
        with terminal.show_spinner(f"starting {program.title}"):
            await wait_until_answering(client, self._supervisor, program, url, timeout_s)

    def _write_example(self) -> bool:
        with RegistryClient(self._plan.tracking_uri) as registry:
            return example.write_example(
                registry,
                self._settings.model_name,
                self._settings.alias,
                self._plan.home.example,
                trusted=self._settings.trusted_keys,
            )
