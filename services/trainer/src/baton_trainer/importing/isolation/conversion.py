"""Converts a model of another registry: in its own library versions, in a sandbox."""

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.environment.installation import prepare_environment
from baton_trainer.importing.isolation.environment.interpreter import (
    Interpreter,
    choose_interpreter,
)
from baton_trainer.importing.isolation.environment.requirement_lines import read_requirements
from baton_trainer.importing.isolation.environment.selection import select_packages
from baton_trainer.importing.isolation.job import Conversion, ConversionJob
from baton_trainer.importing.isolation.places import choose_place
from baton_trainer.importing.isolation.result import parse_result


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
    place = choose_place(job, interpreter, trust_model=trust_model)
    lines = select_packages(read_requirements(job.model), job.flavor)
    # The importer's container sees nothing but the volume.
    cache = job.importer or job.cache
    environment = prepare_environment(lines, interpreter, cache, job.progress)
    job.progress.start_phase(f"Opening the model's pickle, only in {place.description}")
    try:
        outcome = place.open_model(job, environment, interpreter)
    except OSError as error:
        raise ImportFailed(
            f"the job cannot be written ({error.strerror}); free space in the folder of temporary"
            " files, or on the stack's volume"
        ) from error
    if not outcome.output:
        reason = outcome.last_line or "it wrote nothing"
        raise ImportFailed(f"the model ended its process with {outcome.code}: {reason}")
    return parse_result(outcome.output, job.row_count, interpreter.version, environment.versions)


def _note_python(job: ConversionJob, interpreter: Interpreter) -> None:
    wanted = job.flavor.python
    if wanted and wanted.split(".")[:2] != interpreter.version.split(".")[:2]:
        job.progress.note(
            f"the model was logged with Python {wanted}, which this machine does not have; it is"
            f" opened with Python {interpreter.version}"
        )
