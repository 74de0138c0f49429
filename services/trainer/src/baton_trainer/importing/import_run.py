"""The steps of an import, after the files of the version are fetched."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from baton_registry.rest.client import RegistryClient
from baton_registry.versions.schema import Column, Schema
from baton_trainer.errors import DataError
from baton_trainer.importing.comparison.answers import Answers
from baton_trainer.importing.comparison.choosing import ComparedModel, Original, choose_form
from baton_trainer.importing.comparison.differences import list_rejections
from baton_trainer.importing.evaluation.evaluator import Evaluator
from baton_trainer.importing.isolation.conversion import convert_isolated
from baton_trainer.importing.isolation.job import Conversion, ConversionJob
from baton_trainer.importing.registering import ImportRecord, register
from baton_trainer.importing.request import ImportRequest
from baton_trainer.importing.rows.file_rows import FileRows, read_rows
from baton_trainer.importing.rows.gaps import allow_gaps
from baton_trainer.importing.rows.generated_rows import generate_rows
from baton_trainer.importing.rows.parquet import write_rows
from baton_trainer.importing.rows.rows import Rows
from baton_trainer.importing.source.columns import Inputs, add_categories, choose_inputs
from baton_trainer.importing.source.version import SourceVersion
from baton_trainer.progress import Progress
from baton_trainer.request import Data
from baton_trainer.settings import TrainerSettings
from baton_trainer.tables.files import reading
from baton_trainer.train_result import TrainResult

if TYPE_CHECKING:
    from baton_registry.versions.output_schema import Task

_KINDS = {"string": "text", "boolean": "boolean", "integer": "integer", "long": "integer"}


@dataclass(frozen=True)
class ImportRun:
    """What the steps share."""

    source: SourceVersion
    request: ImportRequest
    settings: TrainerSettings
    registry: RegistryClient
    progress: Progress
    on_registering: Callable[[], None]

    def execute(self) -> TrainResult:
        """Runs all steps, from the table to the registration."""
        self.progress.start_phase("reading the table")
        inputs = self._choose_inputs()
        read = read_rows(inputs.file, inputs.schema.columns, inputs.decimal)
        for line in read.warnings:
            self.progress.warn(line)
        rows = read.rows.join(generate_rows(read.rows))
        conversion = self._convert(inputs.schema, rows)
        self.progress.start_phase(f"comparing on {len(read.rows):,} rows and generated ones")
        compared = self._compare(conversion, inputs, read, rows)
        evaluator = Evaluator(
            self.request.target, self.request.gate, self.settings, self.registry, self.progress
        )
        verdict, measured = evaluator.evaluate(compared, inputs, read)
        record = ImportRecord(
            source=self.source,
            conversion=conversion,
            compared=compared,
            rows=read.rows,
            data_sha256=inputs.file.sha256,
            reader=inputs.file.rule.to_json(),
            verdict=verdict,
            metrics=measured,
            target=self.request.target,
            private=self.request.private,
        )
        return register(record, self.settings, self.registry, self.progress, self.on_registering)

    def _choose_inputs(self) -> Inputs:
        file = reading.read(self.request.data, Data())
        inputs = choose_inputs(self.source.document, file, self.request.target)
        if inputs.note:
            self.progress.note(inputs.note)
        check_private(self.request, inputs)
        schema, opened = allow_gaps(inputs.schema, file)
        if opened:
            names = ", ".join(opened)
            self.progress.note(f"optional because the table has gaps there: {names}")
        return replace(inputs, schema=schema, private=self.request.private)

    def _convert(self, schema: Schema, rows: Rows) -> Conversion:
        """Converts the model in the sandbox, which also predicts the rows."""
        with tempfile.TemporaryDirectory(prefix="baton-rows-") as directory:
            file = Path(directory) / "rows.parquet"
            write_rows(rows, file)
            job = ConversionJob(
                model=self.source.folder,
                flavor=self.source.flavor,
                columns=() if schema.is_matrix else tuple(map(_describe, schema.columns)),
                matrix_width=len(schema.columns) if schema.is_matrix else None,
                rows=file,
                row_count=len(rows),
                cache=self.settings.cache_dir,
                importer=self.settings.import_volume,
                progress=self.progress,
            )
            return convert_isolated(job, trust_model=self.request.trust_model)

    def _compare(
        self, conversion: Conversion, inputs: Inputs, read: FileRows, rows: Rows
    ) -> ComparedModel:
        """Chooses the ONNX form that is the same model; warns of rows that the original rejects."""
        schema = replace(
            add_categories(inputs.schema, read.rows),
            task=cast("Task", conversion.task),
            classes=conversion.classes or None,
            output_names=choose_names(inputs.schema.output_names, conversion.names),
        )
        original = Original(rows, len(read.rows), Answers(conversion.answers))
        compared = choose_form(conversion.candidates, original, schema, self.progress)
        for line in list_rejections(rows, compared.agreement):
            self.progress.warn(line)
        return compared


def check_private(request: ImportRequest, inputs: Inputs) -> None:
    """Checks the names of the private columns.

    Raises:
        DataError: the model takes no such column.
    """
    known = [column.name for column in inputs.schema.columns]
    unknown = [name for name in request.private if name not in known]
    if unknown:
        raise DataError(
            f"--private: the model has no column {unknown[0]!r}; its columns: {', '.join(known)}"
        )


def choose_names(recorded: Sequence[str], found: Sequence[str]) -> tuple[str, ...]:
    """Chooses the names of several outputs: those of the model's schema, else those it was given.

    A schema that names another number of outputs describes something else.
    """
    return tuple(recorded if len(recorded) == len(found) else found)


def _describe(column: Column) -> tuple[str, str]:
    return column.name, _KINDS.get(column.type, "number")
