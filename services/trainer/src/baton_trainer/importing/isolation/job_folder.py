"""The program that opens the model, and the folder that it reads: its code, the job, the rows."""

import importlib.util
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from baton_trainer.importing.isolation.child.__main__ import JOB_FILE, ROWS_FILE
from baton_trainer.importing.isolation.environment.interpreter import Interpreter
from baton_trainer.importing.isolation.job import ConversionJob
from baton_trainer.importing.isolation.result import MAX_CANDIDATES
from baton_trainer.importing.isolation.sandbox.program import TEMPORARY_BYTES, Mount, Program

CODE = "code"
CHILD = "baton_trainer.importing.isolation.child"
_EXPORT = "baton_export"

_SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_TEMPORARY = "/tmp"  # noqa: S108 - the sandbox has its own
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def write_job_folder(job: ConversionJob, folder: Path) -> None:
    """Writes the job into an empty folder.

    The program keeps its full name, in packages without the rest of the trainer: Python takes
    folders without an `__init__` for packages, too.

    Raises:
        OSError: the disk is full, or the rows cannot be read.
    """
    for name in (CHILD, _EXPORT):
        target = folder / CODE / Path(*name.split("."))
        shutil.copytree(_find(name), target, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(job.rows, folder / ROWS_FILE)
    document = {
        "flavor": asdict(job.flavor),
        "columns": job.columns,
        "matrix_width": job.matrix_width,
        "memory_bytes": job.limits.memory_bytes,
        "file_bytes": TEMPORARY_BYTES,
        "max_candidates": MAX_CANDIDATES,
    }
    (folder / JOB_FILE).write_text(json.dumps(document), encoding="utf-8")


def build_program(
    folder: Path,
    model: Path,
    environment: Path,
    interpreter: Interpreter,
    mounts: Sequence[Mount] = (),
) -> Program:
    """Builds the program that opens the model.

    Args:
        folder: the job's folder, as the program sees it; so are the next two.
        model: the folder of the logged model.
        environment: the folder of the packages.
        interpreter: the Python to run it with.
        mounts: what it can read.
    """
    return Program(
        # Neither the packages of this Python nor those of the user's home.
        command=(
            str(interpreter.executable),
            "-S",
            "-s",
            "-B",
            "-m",
            CHILD,
            str(folder),
            str(model),
        ),
        folder=str(folder / CODE),
        mounts=mounts,
        environment={
            "PATH": _SEARCH_PATH,
            "PYTHONPATH": str(environment),
            "HOME": _TEMPORARY,
            "LANG": "C.UTF-8",
            **dict.fromkeys(_THREADS, "1"),  # each thread reserves memory
        },
    )


def _find(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.submodule_search_locations  # noqa: PT018, S101 - own packages
    return Path(spec.submodule_search_locations[0])
