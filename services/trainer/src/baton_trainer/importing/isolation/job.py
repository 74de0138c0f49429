"""What a conversion in the sandbox takes and returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from baton_registry.versions.output_schema import Label
from baton_trainer.importing.isolation.flavor import Flavor
from baton_trainer.progress import NoProgress, Progress

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """The limits of the sandbox.

    Attributes:
        time_s: how long the conversion may run, in seconds.
        memory_bytes: the most memory of all its processes together.
        result_bytes: the most bytes that it may return.
        wait_s: how long the stack's importer container may take to start, in seconds.
    """

    time_s: float = 900.0
    memory_bytes: int = 4096 * MIB
    result_bytes: int = 1024 * MIB
    wait_s: float = 60.0


@dataclass(frozen=True)
class ConversionJob:
    """A version to convert.

    Attributes:
        model: the folder with all files of the logged model; it is only read.
        flavor: how to load the model.
        columns: name and kind (`number`, `integer`, `boolean` or `text`, as `baton_export` means
            them) of each input column, in order; empty if the model takes one matrix.
        matrix_width: the columns of the matrix; None if the model takes named columns.
        rows: a Parquet file of the rows to predict, in the types of the model's schema; a missing
            text is null. Its columns have the order of `columns`, or are those of the matrix.
        row_count: the number of these rows.
        cache: the folder that keeps environments from one import to the next.
        importer: the volume shared with the importer container; None outside of the stack.
        limits: the limits of the sandbox.
        progress: receives the phases and notes.
    """

    model: Path
    flavor: Flavor
    columns: tuple[tuple[str, str], ...]
    rows: Path
    row_count: int
    cache: Path
    matrix_width: int | None = None
    importer: Path | None = None
    limits: Limits = field(default_factory=Limits)
    progress: Progress = field(default_factory=NoProgress)


@dataclass(frozen=True)
class ConvertedModel:
    """One ONNX form of the model.

    Attributes:
        way: how it was exported.
        onnx: its bytes. They come from the sandbox: nothing about them has been checked.
    """

    way: str
    onnx: bytes


@dataclass(frozen=True)
class Conversion:
    """What the sandbox returned.

    Attributes:
        task: e.g. `binary` or `regression`.
        classes: the classes in the order of the probabilities' columns; empty without classes.
        names: the names of the values or labels of a model that has several; else empty.
        candidates: the model's ONNX forms, the preferred first; at least one.
        answers: what the original model answers for the rows: `label`, `probabilities`, `value` or
            `score`, shape `[rows, width]`. A `label` is an index of `classes`; of an anomaly -1 or
            1; of a multilabel model 0 or 1, one column per label. A row that the model rejects is
            NaN in every answer. Without probabilities, `score`
            has what `decision_function` answers, if the model has it.
        versions: the versions of the libraries that opened the model.
        python: the version of Python that opened it.
    """

    task: str
    classes: tuple[Label, ...]
    names: tuple[str, ...]
    candidates: tuple[ConvertedModel, ...]
    answers: Mapping[str, NDArray[np.float64]]
    versions: Mapping[str, str]
    python: str
