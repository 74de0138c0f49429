"""`python -m baton_trainer.importing.isolation.child JOB MODEL`: the program in the sandbox.

It reads the job's folder and the model's folder, and writes its result to stdout: see `stream`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

from baton_trainer.importing.isolation.child.loading import load_model
from baton_trainer.importing.isolation.child.stream import write_error, write_result

JOB_FILE, ROWS_FILE = "job.json", "rows.parquet"


def main() -> None:
    """Converts the model; any failure becomes one line of the result."""
    job = json.loads(Path(sys.argv[1], JOB_FILE).read_text(encoding="utf-8"))
    limit(job["memory_bytes"], job["file_bytes"])
    # What libraries and the model print must not get into the result.
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)
        warnings.simplefilter("ignore")
        try:
            result = convert(job, Path(sys.argv[1]), Path(sys.argv[2]))
        except BaseException as error:  # noqa: BLE001 - a model may raise anything, also SystemExit
            write_error(output, describe(error))
        else:
            write_result(output, *result)


def limit(memory_bytes: int, file_bytes: int) -> None:
    """Limits this process and those that it starts; nothing in the sandbox can raise a limit.

    The limit is on data, not on the address space: numeric libraries reserve many times the
    addresses that they use.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def convert(job: dict[str, Any], folder: Path, model_folder: Path) -> tuple[Any, ...]:
    """Loads, predicts, then exports. Returns what `write_result` takes."""
    loaded = load_model(model_folder, job["flavor"])
    # Imported late, because they are slow: a model that cannot be opened fails at once.
    from baton_export import (  # noqa: PLC0415
        InputColumn,
        InputMatrix,
        describe_task,
        iter_candidates,
    )
    from baton_trainer.importing.isolation.child.answers import check_served, predict  # noqa: PLC0415
    from baton_trainer.importing.isolation.child.rejections import predict_accepted  # noqa: PLC0415
    from baton_trainer.importing.isolation.child.rows import read_rows  # noqa: PLC0415
    from baton_trainer.importing.isolation.child.wrappers import compare_with_inside, unwrap  # noqa: PLC0415

    model = unwrap(loaded) if job["flavor"]["name"] == "python_function" else loaded
    task = describe_task(model)
    check_served(model, task)
    rows = read_rows(folder / ROWS_FILE, model, is_matrix=job["matrix_width"] is not None)
    answers, accepted = predict_accepted(lambda some: predict(model, task, some), rows)
    if model is not loaded:
        known = {name: values[accepted] for name, values in answers.items()}
        compare_with_inside(loaded, rows[accepted], known, task.classes)
    if job["matrix_width"] is None:
        inputs: Any = [InputColumn(name, kind) for name, kind in job["columns"]]
    else:
        inputs = InputMatrix(job["matrix_width"])
    candidates = []
    for candidate in iter_candidates(model, inputs):
        candidates.append((candidate.way, candidate.onnx))
        if len(candidates) == job["max_candidates"]:
            break
    return task, answers, candidates


def describe(error: BaseException) -> str:
    """Describes a failure in one line."""
    text = " ".join(str(error).split())
    name = type(error).__name__
    if isinstance(error, ModuleNotFoundError):
        return (
            f"the model needs the module {error.name!r}, which its requirements do not install; log"
            " it again with pip_requirements or code_paths that have it"
        )
    if isinstance(error, MemoryError):
        return "the model needs more memory than the sandbox has"
    return (
        text if name in ("CannotExport", "NotImportable") else f"{name}: {text}" if text else name
    )


if __name__ == "__main__":
    main()
