"""Scores the chunks of a table with one version."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field, RecordBatch, Schema

from baton_cli.bulk.chunks import Chunk
from baton_cli.bulk.loaded_version import LoadedVersion
from baton_cli.bulk.tables import Table
from baton_cli.errors import CommandFailed
from baton_common.texts import to_one_line, truncate
from baton_engine.engine import Scores
from baton_engine.onnx.outputs.probabilities import check_probabilities
from baton_engine.tables.arrow_types import get_label_type
from baton_engine.tables.cell_errors import BadCell, BadCells
from baton_engine.tables.column_indices import find_column_indices
from baton_engine.tables.columns import Array, to_array
from baton_engine.tables.typed_values import WrongType

LABEL, VERSION = "label", "model_version"

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
        self._present = find_column_indices([*fields]).keys()
        self._check_columns()
        unknown = [name for name in keep or () if name not in fields]
        if unknown:
            raise CommandFailed(f"there is no column {unknown[0]!r} to keep; check --keep")
        self._copied = [*fields] if keep is None else [*dict.fromkeys(keep)]
        labels = [str(label) for label in model.engine.output_schema.classes]
        added = [LABEL, *(f"probability_{label}" for label in labels), VERSION]
        if duplicate := next((name for name in self._copied if name in added), None):
            raise CommandFailed(
                f"the output adds a column {duplicate!r}, which the file already has; "
                "name the columns to copy: --keep COLUMN"
            )
        kinds = [get_label_type(model.engine.output_schema.classes)]
        kinds += [DataType.float32()] * len(labels) + [DataType.string()]
        self._added = [Field(name, kind) for name, kind in zip(added, kinds, strict=True)]
        metadata = {"model_name": model.version.name, "model_version": model.version.version}
        self.schema = Schema([*(fields[n] for n in self._copied), *self._added], metadata=metadata)

    def _check_columns(self) -> None:
        columns = self._model.schema.columns
        missing = [c.name for c in columns if c.required and c.name not in self._present]
        if missing:
            raise CommandFailed(
                f"column {missing[0]!r} is missing, which version {self._model.version.version} "
                f"requires ({len(missing)} of {len(columns)} columns missing){self._table.hint}"
            )

    def score(self, on_bad_row: OnBadRow) -> Iterator[RecordBatch]:
        """Scores the rows in order; skips a row if `on_bad_row` does not raise.

        Raises:
            CommandFailed: the file is damaged, a column has the wrong type, or the model fails.
        """
        for chunk, malformed in self._table.read_chunks():
            for location, reason in malformed:
                self._skip_row(on_bad_row, f"{location} {reason}")
            if len(chunk.locations):
                good, columns = self._read_columns(chunk, on_bad_row)
                if len(good.locations):
                    batch = self._score_chunk(good, columns)
                    self.counts.scored += len(good.locations)
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
                    if column.name in self._present:
                        columns[column.name] = chunk.read(column)
                    else:
                        columns[column.name] = to_array(column, [None] * len(chunk.locations))
                except WrongType as error:
                    raise CommandFailed(str(error)) from error
                except BadCells as error:
                    for cell in error.cells:
                        bad.setdefault(cell.row, cell)
            if not bad:
                return chunk, columns
            for row, cell in sorted(bad.items()):
                text = f"{chunk.locations[row]}, column {cell.column!r}: {cell.message}"
                self._skip_row(on_bad_row, text)
            chunk = chunk.drop(set(bad))
            if not len(chunk.locations):
                return chunk, {}

    def _skip_row(self, on_bad_row: OnBadRow, text: str) -> None:
        on_bad_row(text)
        self.counts.skipped += 1

    def _score_chunk(self, chunk: Chunk, columns: dict[str, Array]) -> RecordBatch:
        try:
            scores = self._model.engine.score(columns)
            check_probabilities(scores["probabilities"])
        except Exception as error:
            locations = f"{chunk.locations[0]} to {chunk.locations[-1]}"
            reason = truncate(to_one_line(error))
            raise CommandFailed(f"the model fails on {locations}: {reason}") from error
        return RecordBatch.from_arrays(
            [*chunk.copy_columns(self._copied), *self._build_columns(scores)], schema=self.schema
        )

    def _build_columns(self, scores: Scores) -> Iterator[ArrowArray]:
        yield ArrowArray(scores["label"].tolist(), self._added[0].type)
        for number in range(scores["probabilities"].shape[1]):
            yield ArrowArray.from_numpy(np.ascontiguousarray(scores["probabilities"][:, number]))
        rows = len(scores["label"])
        yield ArrowArray([self._model.version.version] * rows, DataType.string())
