"""Chooses the sandbox of this machine, by trying each."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.environment.interpreter import Interpreter
from baton_trainer.importing.isolation.job import Limits
from baton_trainer.importing.isolation.sandbox import bubblewrap, unshare
from baton_trainer.importing.isolation.sandbox.program import Mount, Program
from baton_trainer.importing.isolation.sandbox.running import ProgramExit, run

Wrap = Callable[[Program, Path], list[str]]

WRAPPERS: Mapping[str, Wrap] = {bubblewrap.NAME: bubblewrap.wrap, unshare.NAME: unshare.wrap}
"""The sandboxes, the preferred first."""

_TRIAL = Limits(time_s=30.0)
_ADVICE = (
    "install bubblewrap (apt install bubblewrap); in the stack run: docker compose run --rm import"
    " MODEL --data FILE; or pass --trust-model, if the author of the model may run code here"
)


@dataclass(frozen=True)
class Sandbox:
    """A way to run programs.

    Attributes:
        name: `bubblewrap` or `unshare`.
    """

    name: str
    wrap: Wrap

    def run(self, program: Program, limits: Limits) -> ProgramExit:
        """Runs a program in a new sandbox.

        Raises:
            ImportFailed: it reached a limit, or could not be started.
        """
        with tempfile.TemporaryDirectory(prefix="baton-import-") as scratch:
            return run(self.wrap(program, Path(scratch)), program.environment, limits)


def choose_sandbox(interpreter: Interpreter) -> Sandbox:
    """Returns the first sandbox in which Python starts.

    Raises:
        ImportFailed: none works here. Containers and some systems forbid namespaces.
    """
    program = Program(
        command=(str(interpreter.executable), "-I", "-S", "-c", "print('inside')"),
        folder="/",
        mounts=mount_interpreter(interpreter),
        environment={},
    )
    reasons = []
    for name, wrap in WRAPPERS.items():
        sandbox = Sandbox(name, wrap)
        outcome = _try(sandbox, program)
        if outcome.output == b"inside\n":
            return sandbox
        reasons.append(f"{name}: {outcome.last_line or f'exit code {outcome.code}'}")
    raise ImportFailed(f"no sandbox works here ({'; '.join(reasons)}); {_ADVICE}")


def mount_interpreter(interpreter: Interpreter) -> Sequence[Mount]:
    """Returns what an interpreter needs besides the operating system's folders."""
    prefix = interpreter.prefix
    return () if prefix.is_relative_to("/usr") else (Mount(prefix, str(prefix)),)


def _try(sandbox: Sandbox, program: Program) -> ProgramExit:
    try:
        return sandbox.run(program, _TRIAL)
    except ImportFailed as error:
        return ProgramExit(126, b"", str(error))
