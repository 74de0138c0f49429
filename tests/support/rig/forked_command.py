"""Runs `baton` commands in processes forked from one that has imported the libraries already.

Importing MLflow, scikit-learn and the exporters takes longer than a training does, and the tests
run some hundred commands. Each command is a process of its own and calls the program's `main`.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory

import baton_cli
from baton_cli import verbs
from baton_cli.main import main

_VERBS = [f"baton_cli.verbs.{verb.name}" for verb in iter_modules(verbs.__path__)]
_LIBRARIES = ["baton_trainer.training", "mlflow.sklearn", "mlflow.onnx", "mlflow.pyfunc"]
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([*_VERBS, *_LIBRARIES])


def run_command(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, limit_s: float
) -> subprocess.CompletedProcess[str]:
    """Runs `baton ARGUMENTS` with a working folder and returns its exit code and output.

    Raises:
        subprocess.TimeoutExpired: it did not end within the limit, and was killed.
    """
    with TemporaryDirectory() as outputs:
        stdout, stderr = Path(outputs, "stdout"), Path(outputs, "stderr")
        process = _context.Process(
            target=_run, args=(list(arguments), dict(environment), folder, stdout, stderr)
        )
        process.start()
        process.join(limit_s)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), limit_s, output=stderr.read_text())
        code = process.exitcode
        process.close()
        return subprocess.CompletedProcess(
            list(arguments), code, stdout.read_text(), stderr.read_text()
        )


def _run(
    arguments: list[str], environment: dict[str, str], folder: Path, stdout: Path, stderr: Path
) -> None:
    """The forked process: takes the place of `python -m baton_cli`."""
    for descriptor, path in ((1, stdout), (2, stderr)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [str(Path(baton_cli.__file__).with_name("__main__.py")), *arguments]
    main()
