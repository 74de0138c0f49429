"""Scores the chunks of a table with one version."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field, RecordBatch, Schema

from baton_cli.bulk.chunks import Chunk
from baton_cli.bulk.loaded_version import LoadedVersion
from baton_cli.bulk.tables import Table
from baton_cli.errors import CommandFailed
from baton_common.texts import to_one_line, truncate
from baton_engine.engine import Scores
from baton_engine.onnx.outputs.checks import check_answers
from baton_engine.tables.cell_errors import BadCell, BadCells
from baton_engine.tables.column_indices import find_column_indices
from baton_engine.tables.columns import Array, to_array
from baton_engine.tables.output_columns import build_output_columns, list_output_fields
from baton_engine.tables.typed_values import WrongType

VERSION = "model_version"

OnBadRow = Callable[[str], None]
"""Handles a row that cannot be scored; the text has its location and the reason."""


@dataclass
class Counts:
    """Numbers of scored and skipped rows."""

    scored: int = 0
    skipped: int = 0


class Job:
    """Scores one table with one version."""

    def __init__(self, table: Table, model: LoadedVersion, keep: Sequence[str] | None) -> None:
        """Checks that the table fits the version.

        Args:
            table: the rows.
            model: the version.
            keep: the columns of the table to copy to the output; None copies all.

        Raises:
            CommandFailed: a column is missing, or has the name of an output column.
        """
        self._table = table
        self._model = model
        self.counts = Counts()
        fields = {each.name: each for each in table.fields}
        self._sources = self._find_sources([each.name for each in table.fields])
        unknown = [name for name in keep or () if name not in fields]
        if unknown:
            raise CommandFailed(f"there is no column {unknown[0]!r} to keep; check --keep")
        self._copied = [*fields] if keep is None else [*dict.fromkeys(keep)]
        version = Field(VERSION, DataType.string())
        added = [*list_output_fields(model.engine.output_schema), version]
        names = {each.name for each in added}
        if duplicate := next((name for name in self._copied if name in names), None):
            raise CommandFailed(
                f"the output adds a column {duplicate!r}, which the file already has; "
                "name the columns to copy: --keep COLUMN"
            )
        metadata = {"model_name": model.version.name, "model_version": model.version.version}
        self.schema = Schema([*(fields[n] for n in self._copied), *added], metadata=metadata)

    def _find_sources(self, names: Sequence[str]) -> dict[str, str]:
        """Maps the model's columns to those of the file, without absent optional ones.

        The columns of a matrix are `0`, `1`, … in the file, or all of the file's in order.
        """
        schema, present = self._model.schema, find_column_indices(names).keys()
        columns = [each.name for each in schema.columns]
        is_complete = len({*names}) == len(names) == len(columns)
        if schema.is_matrix and is_complete and not present & {*columns}:
            return dict(zip(columns, names, strict=True))
        missing = [c.name for c in schema.columns if c.required and c.name not in present]
        if missing:
            hint = self._table.hint
            if schema.is_matrix:
                hint += f"; name the columns 0, 1, …, or give only the {len(columns)} of the model"
            raise CommandFailed(
                f"column {missing[0]!r} is missing, which version {self._model.version.version} "
                f"requires ({len(missing)} of {len(columns)} columns missing){hint}"
            )
        return {name: name for name in columns if name in present}

    def score(self, on_bad_row: OnBadRow) -> Iterator[RecordBatch]:
        """Scores the rows in order; skips a row if `on_bad_row` does not raise.

        Raises:
            CommandFailed: the file is damaged, a column has the wrong type, or the model fails.
        """
        for chunk, malformed in self._table.read_chunks():
            for location, reason in malformed:
                self._skip_row(on_bad_row, f"{location} {reason}")
            if len(chunk.positions):
                good, columns = self._read_columns(chunk, on_bad_row)
                if len(good.positions):
                    batch = self._score_chunk(good, columns)
                    self.counts.scored += len(good.positions)
                    yield batch

    @property
    def share_read(self) -> float:
        """The share of the table that has been read, from 0 to 1."""
        return self._table.share_read

    @property
    def title(self) -> str:
        """The name and version of the model."""
        return f"{self._model.version.name} version {self._model.version.version}"

    def _read_columns(self, chunk: Chunk, on_bad_row: OnBadRow) -> tuple[Chunk, dict[str, Array]]:
        """Returns the rows that fit the schema, and their columns."""
        while True:
            columns: dict[str, Array] = {}
            bad: dict[int, BadCell] = {}
            for column in self._model.schema.columns:
                try:
                    source = self._sources.get(column.name)
                    if source is not None:
                        columns[column.name] = chunk.read(replace(column, name=source))
                    else:
                        columns[column.name] = to_array(column, [None] * len(chunk.positions))
                except WrongType as error:
                    raise CommandFailed(str(error)) from error
                except BadCells as error:
                    for cell in error.cells:
                        bad.setdefault(cell.row, cell)
            if not bad:
                return chunk, columns
            for row, cell in sorted(bad.items()):
                text = f"{chunk.positions[row]}, column {cell.column!r}: {cell.message}"
                self._skip_row(on_bad_row, text)
            chunk = chunk.drop(set(bad))
            if not len(chunk.positions):
                return chunk, {}

    def _skip_row(self, on_bad_row: OnBadRow, text: str) -> None:
        on_bad_row(text)
        self.counts.skipped += 1

    def _score_chunk(self, chunk: Chunk, columns: dict[str, Array]) -> RecordBatch:
        try:
            scores = self._model.engine.score(columns)
            check_answers(scores, self._model.engine.output_schema)
        except Exception as error:
            positions = f"{chunk.positions[0]} to {chunk.positions[-1]}"
            reason = truncate(to_one_line(error))
            raise CommandFailed(f"the model fails on {positions}: {reason}") from error
        return RecordBatch.from_arrays(
            [*chunk.copy_columns(self._copied), *self._build_columns(scores)], schema=self.schema
        )

    def _build_columns(self, scores: Scores) -> Iterator[ArrowArray]:
        output_schema = self._model.engine.output_schema
        yield from build_output_columns(scores, output_schema)
        rows = len(scores[output_schema.outputs[0].name])
        yield ArrowArray([self._model.version.version] * rows, DataType.string())
