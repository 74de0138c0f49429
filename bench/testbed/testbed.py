"""A tracking server with a trained version, and the programs that use it."""

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
from baton_registry.rest.client import RegistryClient
from bench.errors import CannotRun
from bench.settings import HOME, RUN, build_environment
from bench.testbed.bodies import Bodies
from bench.testbed.server import Server

MODEL = "churn_model"
ALIAS = "production"
START_LIMIT_S = 60.0


def find_free_port() -> int:
    """Finds a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Testbed:
    """A running tracking server and its context.

    Attributes:
        home: the folder of this run.
        tracking_uri: address of the tracking server.
        bodies: the request bodies.
        lifeline: ends every child process with this one.
    """

    home: Home
    tracking_uri: str
    bodies: Bodies
    lifeline: Lifeline

    @property
    def model_requirements(self) -> Path:
        """The `requirements.txt` of version 1."""
        return self.home.path / "requirements.txt"

    def download(self, name: str, destination: Path) -> None:
        """Downloads a file of version 1."""
        with RegistryClient(self.tracking_uri) as registry:
            version = registry.get_version(MODEL, "1")
            registry.download(registry.get_artifact_root(version), name, destination)

    def create_program(
        self, title: str, *command: str, env_dir: Path | None = None, **variables: str
    ) -> Program:
        """Creates a program that uses this registry; its log has its name."""
        context = {
            "MLFLOW_TRACKING_URI": self.tracking_uri,
            "BATON_MODEL_NAME": MODEL,
            "BATON_ALIAS": ALIAS,
            "BATON_CACHE_DIR": str(self.home.cache),
            **variables,
        }
        name = title.replace(" ", "-").replace("/", "")
        return Program(
            title, command, build_environment(env_dir, **context), Log(self.home.logs, name)
        )

    def create_baton_program(self, title: str, *arguments: str, **variables: str) -> Program:
        """Creates a program that runs a verb of `baton`."""
        command = (sys.executable, "-m", "baton_cli", *arguments)
        return self.create_program(title, *command, env_dir=None, **variables)

    def create_inference(self, title: str, **variables: str) -> Server:
        """Creates an inference process: `baton serve`."""
        port = find_free_port()
        program = self.create_baton_program(title, "serve", BATON_PORT=str(port), **variables)
        return Server(program, port, self.lifeline)

    async def run(self, program: Program) -> None:
        """Runs a program to its end.

        Raises:
            CannotRun: the program failed; the text has its last line.
        """
        child = Child(program, self.lifeline)
        try:
            code = await child.wait()
        finally:
            await child.stop()
        if code:
            raise CannotRun(format_failure(program, f"{program.title} failed"))

    async def read_output(self, program: Program) -> str:
        """Runs a program to its end and returns its standard output.

        Raises:
            CannotRun: the program failed.
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
async def start_testbed() -> AsyncIterator[Testbed]:
    """Runs a fresh tracking server with version 1 in production until the block ends.

    Raises:
        CannotRun: the server does not start, or another benchmark is running.
    """
    with _lock_home():
        shutil.rmtree(RUN, ignore_errors=True)
        home = Home(RUN)
        plan = Plan(home, "127.0.0.1", port=find_free_port(), tracking_port=find_free_port())
        with home.lock(), Lifeline() as lifeline:
            print_progress("starting a tracking server and training version 1")
            server = Child(build_tracking(plan), lifeline)
            try:
                await _wait_until_healthy(plan, server)
                testbed = Testbed(home, plan.tracking_uri, Bodies(RUN / "bodies"), lifeline)
                await testbed.run(testbed.create_baton_program("training", "train", "--promote"))
                testbed.download("requirements.txt", testbed.model_requirements)
                yield testbed
            finally:
                await server.stop()


async def _wait_until_healthy(plan: Plan, server: Child) -> None:
    async with create_local_client() as client:
        if not await wait_until_ok(client, f"{plan.tracking_uri}/health", START_LIMIT_S):
            raise CannotRun(format_failure(server.program, "the tracking server does not answer"))


@contextmanager
def _lock_home() -> Iterator[None]:
    HOME.mkdir(exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotRun(f"another benchmark uses {HOME}; wait until it ends") from error
        yield
