"""Where a model is opened: in a sandbox of this machine, in the importer's container, or here."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.environment.installation import Environment
from baton_trainer.importing.isolation.environment.interpreter import Interpreter
from baton_trainer.importing.isolation.job import ConversionJob
from baton_trainer.importing.isolation.job_folder import build_program, write_job_folder
from baton_trainer.importing.isolation.sandbox.choice import (
    Sandbox,
    choose_sandbox,
    mount_interpreter,
)
from baton_trainer.importing.isolation.sandbox.importer import open_job_folder, run_in_importer
from baton_trainer.importing.isolation.sandbox.program import Mount
from baton_trainer.importing.isolation.sandbox.running import ProgramExit, run

_JOB, _MODEL, _ENVIRONMENT = "/job", "/model", "/environment"
_SCRATCH = "baton-import-"


class Place(Protocol):
    """Where a model is opened."""

    @property
    def description(self) -> str:
        """Completes the sentence "the model's pickle is opened only in …"."""
        ...

    def open_model(
        self, job: ConversionJob, environment: Environment, interpreter: Interpreter
    ) -> ProgramExit:
        """Runs the program that opens, predicts and exports the model.

        Raises:
            ImportFailed: it reached a limit, or could not be started.
            OSError: the job cannot be written.
        """
        ...


@dataclass(frozen=True)
class InSandbox:
    """A sandbox of this machine."""

    sandbox: Sandbox

    @property
    def description(self) -> str:
        """Names the program that makes the sandbox."""
        return f"a sandbox ({self.sandbox.name}): no network, no secrets, no files of yours"

    def open_model(
        self, job: ConversionJob, environment: Environment, interpreter: Interpreter
    ) -> ProgramExit:
        """See `Place`."""
        with tempfile.TemporaryDirectory(prefix=_SCRATCH) as scratch:
            folder = Path(scratch)
            write_job_folder(job, folder)
            mounts = (
                *mount_interpreter(interpreter),
                Mount(environment.folder, _ENVIRONMENT),
                Mount(job.model.resolve(), _MODEL),
                Mount(folder, _JOB),
            )
            paths = (Path(_JOB), Path(_MODEL), Path(_ENVIRONMENT))
            return self.sandbox.run(build_program(*paths, interpreter, mounts), job.limits)


@dataclass(frozen=True)
class InImporter:
    """The importer's container, in the stack.

    Attributes:
        volume: what both containers share.
    """

    volume: Path
    description: str = "the importer's container: no network, no secrets"

    def open_model(
        self, job: ConversionJob, environment: Environment, interpreter: Interpreter
    ) -> ProgramExit:
        """See `Place`."""
        with open_job_folder(self.volume) as folder:
            write_job_folder(job, folder)
            model = folder / "model"
            shutil.copytree(job.model, model)
            program = build_program(folder, model, environment.folder, interpreter)
            output = run_in_importer(program, folder, job.limits)
        return ProgramExit(0 if output else 1, output, "see the log of the container `importer`")


class Here:
    """No sandbox: for a model that the user trusts."""

    description = "a process of its own, without a sandbox"

    def open_model(
        self, job: ConversionJob, environment: Environment, interpreter: Interpreter
    ) -> ProgramExit:
        """See `Place`."""
        with tempfile.TemporaryDirectory(prefix=_SCRATCH) as scratch:
            folder = Path(scratch)
            write_job_folder(job, folder)
            program = build_program(folder, job.model.resolve(), environment.folder, interpreter)
            return run(program.command, program.environment, job.limits, program.folder)


def choose_place(job: ConversionJob, interpreter: Interpreter, *, trust_model: bool) -> Place:
    """Chooses where to open the model.

    Raises:
        ImportFailed: no sandbox works on this machine, and the model is not trusted.
    """
    if job.importer is not None:
        return InImporter(job.importer)
    try:
        return InSandbox(choose_sandbox(interpreter))
    except ImportFailed as error:
        if not trust_model:
            raise
        job.progress.warn(f"{error}; the model is trusted, and opened without a sandbox")
        return Here()
