"""What every benchmark stands on: a tracking server with a trained version, and ports."""

import asyncio
import fcntl
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from baton_cli.embedded.home import Home
from baton_cli.embedded.programs import Plan, build_tracking
from baton_cli.processes.child import Child, Lifeline, Program
from baton_cli.processes.log import Log
from baton_cli.processes.ready import create_local_client, format_failure, wait_until_ok
from baton_cli.terminal import print_progress
from baton_registry import RegistryClient
from bench.bodies import Bodies
from bench.errors import CannotRun
from bench.server import Server
from bench.settings import HOME, RUN, environment_of

MODEL = "churn_model"
ALIAS = "production"
START_LIMIT_S = 60.0


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Stage:
    """The running registry and what goes with it.

    Attributes:
        home: the folder of this run.
        tracking_uri: the tracking server.
        bodies: what is posted.
        lifeline: ends every child with us.
    """

    home: Home
    tracking_uri: str
    bodies: Bodies
    lifeline: Lifeline

    @property
    def model_requirements(self) -> Path:
        """What version 1 says that it needs to be loaded, a `requirements.txt`."""
        return self.home.path / "requirements.txt"

    def download(self, name: str, destination: Path) -> None:
        """Fetches a file of version 1."""
        with RegistryClient(self.tracking_uri) as registry:
            version = registry.get_version(MODEL, "1")
            registry.download(registry.artifact_root(version), name, destination)

    def program(
        self, title: str, *command: str, env_dir: Path | None = None, **variables: str
    ) -> Program:
        """A program that speaks to this registry; its log is named after it."""
        own = {
            "MLFLOW_TRACKING_URI": self.tracking_uri,
            "BATON_MODEL_NAME": MODEL,
            "BATON_ALIAS": ALIAS,
            "BATON_CACHE_DIR": str(self.home.cache),
            **variables,
        }
        name = title.replace(" ", "-").replace("/", "")
        return Program(title, command, environment_of(env_dir, **own), Log(self.home.logs, name))

    def baton(self, title: str, *arguments: str, **variables: str) -> Program:
        """A verb of the command line."""
        command = (sys.executable, "-m", "baton_cli", *arguments)
        return self.program(title, *command, env_dir=None, **variables)

    def inference(self, title: str, **variables: str) -> Server:
        """The product: `baton serve`."""
        port = free_port()
        program = self.baton(title, "serve", BATON_PORT=str(port), **variables)
        return Server(program, port, self.lifeline)

    async def run(self, program: Program) -> None:
        """Runs a program to its end.

        Raises:
            CannotRun: it failed; its last line says why.
        """
        child = Child(program, self.lifeline)
        try:
            code = await child.wait()
        finally:
            await child.stop()
        if code:
            raise CannotRun(format_failure(program, f"{program.title} failed"))

    async def output(self, program: Program) -> str:
        """Runs a program to its end and gives what it wrote to standard output.

        Raises:
            CannotRun: it failed.
        """
        with program.log.open() as log:
            process = await asyncio.create_subprocess_exec(
                *program.command,
                env=program.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        try:
            out, _ = await process.communicate()
        finally:
            with suppress(ProcessLookupError):
                process.kill()
        if process.returncode:
            raise CannotRun(format_failure(program, f"{program.title} failed"))
        return out.decode()


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A fresh registry with version 1, promoted; ended with the block.

    Raises:
        CannotRun: it does not start, or another benchmark is running here.
    """
    with _alone():
        shutil.rmtree(RUN, ignore_errors=True)
        home = Home(RUN)
        plan = Plan(home, "127.0.0.1", port=free_port(), tracking_port=free_port())
        with home.lock(), Lifeline() as lifeline:
            print_progress("starting a tracking server, training version 1")
            server = Child(build_tracking(plan), lifeline)
            try:
                await _until_healthy(plan, server)
                made = Stage(home, plan.tracking_uri, Bodies(RUN / "bodies"), lifeline)
                await made.run(made.baton("training", "train", "--promote"))
                made.download("requirements.txt", made.model_requirements)
                yield made
            finally:
                await server.stop()


async def _until_healthy(plan: Plan, server: Child) -> None:
    async with create_local_client() as client:
        if not await wait_until_ok(client, f"{plan.tracking_uri}/health", START_LIMIT_S):
            raise CannotRun(format_failure(server.program, "the tracking server does not answer"))


@contextmanager
def _alone() -> Iterator[None]:
    HOME.mkdir(exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotRun(f"another benchmark uses {HOME}; wait for its end") from error
        yield
