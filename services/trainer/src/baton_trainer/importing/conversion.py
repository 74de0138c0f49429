"""Converts a model of another registry: in its own library versions, in a sandbox."""

import tempfile
from pathlib import Path

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.environment.installation import Environment, prepare_environment
from baton_trainer.importing.environment.interpreter import Interpreter, choose_interpreter
from baton_trainer.importing.environment.requirement_lines import read_requirements
from baton_trainer.importing.environment.selection import select_packages
from baton_trainer.importing.job import Conversion, ConversionJob
from baton_trainer.importing.job_folder import build_program, write_job_folder
from baton_trainer.importing.result import parse_result
from baton_trainer.importing.sandbox.choice import Sandbox, choose_sandbox, mount_interpreter
from baton_trainer.importing.sandbox.program import Mount
from baton_trainer.importing.sandbox.running import Outcome, run

_JOB, _MODEL, _ENVIRONMENT = "/job", "/model", "/environment"


def convert_isolated(job: ConversionJob, *, trust_model: bool) -> Conversion:
    """Converts a model, and returns what the model itself answers for the job's rows.

    The pickle is opened in the sandbox only. Elsewhere only the requirements of the model are read,
    as text.

    Args:
        job: the model and its rows.
        trust_model: if no sandbox works here, open the model without one.

    Raises:
        ImportFailed: the environment cannot be made, no sandbox works, or the model cannot be
            opened, predicted or exported, or reached a limit. The text is one line.
    """
    interpreter = choose_interpreter(job.flavor.python)
    _note_python(job, interpreter)
    sandbox = _choose(job, interpreter, trust_model=trust_model)
    lines = select_packages(read_requirements(job.model), job.flavor)
    environment = prepare_environment(lines, interpreter, job.cache, job.progress)
    where = f"a sandbox ({sandbox.name}: no network, no secrets)" if sandbox else "no sandbox"
    job.progress.start_phase(f"Opening the model's pickle, only in {where}")
    try:
        with tempfile.TemporaryDirectory(prefix="baton-import-") as scratch:
            folder = Path(scratch)
            write_job_folder(job, folder)
            outcome = _run(job, folder, environment, interpreter, sandbox)
    except OSError as error:
        raise ImportFailed(
            f"the job cannot be written ({error.strerror}); free space in the folder of temporary"
            " files"
        ) from error
    if not outcome.output:
        reason = outcome.last_line or "it wrote nothing"
        raise ImportFailed(f"the model ended its process with {outcome.code}: {reason}")
    return parse_result(outcome.output, job.row_count, interpreter.version, environment.versions)


def _choose(job: ConversionJob, interpreter: Interpreter, *, trust_model: bool) -> Sandbox | None:
    try:
        return choose_sandbox(interpreter)
    except ImportFailed as error:
        if not trust_model:
            raise
        job.progress.warn(f"{error}; the model is trusted, and opened without a sandbox")
        return None


def _note_python(job: ConversionJob, interpreter: Interpreter) -> None:
    wanted = job.flavor.python
    if wanted and wanted.split(".")[:2] != interpreter.version.split(".")[:2]:
        job.progress.note(
            f"the model was logged with Python {wanted}, which this machine does not have; it is"
            f" opened with Python {interpreter.version}"
        )


def _run(
    job: ConversionJob,
    folder: Path,
    environment: Environment,
    interpreter: Interpreter,
    sandbox: Sandbox | None,
) -> Outcome:
    if sandbox is None:
        program = build_program(folder, job.model.resolve(), environment.folder, interpreter)
        return run(program.command, program.environment, job.limits, program.folder)
    mounts = (
        *mount_interpreter(interpreter),
        Mount(environment.folder, _ENVIRONMENT),
        Mount(job.model.resolve(), _MODEL),
        Mount(folder, _JOB),
    )
    program = build_program(Path(_JOB), Path(_MODEL), Path(_ENVIRONMENT), interpreter, mounts)
    return sandbox.run(program, job.limits)
