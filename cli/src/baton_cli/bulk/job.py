"""Scores the chunks of a table, and tells what stands in the way."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field, RecordBatch, Schema

from baton_cli.bulk.chunks import Chunk
from baton_cli.bulk.pinned import Pinned
from baton_cli.bulk.tables import Table
from baton_cli.errors import CommandFailed
from baton_common.texts import to_one_line, truncate
from baton_engine.engine import Scores
from baton_engine.onnx.probabilities import check_probabilities
from baton_engine.tables.arrow_types import get_label_type
from baton_engine.tables.cells import BadCell, BadCells
from baton_engine.tables.column_places import find_column_places
from baton_engine.tables.columns import Array, to_array
from baton_engine.tables.typed_values import WrongType

LABEL, VERSION = "label", "model_version"

OnBadRow = Callable[[str], None]
"""Told of a row that cannot be scored: where it is, and why."""


@dataclass
class Counts:
    """How many rows were scored, and how many left out."""

    scored: int = 0
    left_out: int = 0


class Job:
    """One table through one version."""

    def __init__(self, table: Table, model: Pinned, keep: Sequence[str] | None) -> None:
        """Checks that the two go together.

        Args:
            table: the rows.
            model: scores them.
            keep: the columns of the table that the output has, too; None: all.

        Raises:
            CommandFailed: the table lacks a column, or has one of the output's.
        """
        self._table = table
        self._model = model
        fields = {each.name: each for each in table.fields}
        columns = model.schema.columns
        self._present = find_column_places([*fields]).keys()
        missing = [c.name for c in columns if c.required and c.name not in self._present]
        if missing:
            version = model.version.version
            raise CommandFailed(
                f"column {missing[0]!r} is missing, which version {version} needs"
                f" ({len(missing)} missing of {len(columns)}){table.hint()}"
            )
        unknown = [name for name in keep or () if name not in fields]
        if unknown:
            raise CommandFailed(f"there is no column {unknown[0]!r} to keep")
        self._kept = [*fields] if keep is None else [*dict.fromkeys(keep)]
        labels = [str(label) for label in model.engine.classes]
        own = [LABEL, *(f"probability_{label}" for label in labels), VERSION]
        if twice := next((name for name in self._kept if name in own), None):
            raise CommandFailed(
                f"the file has a column {twice!r}, as the output has; --keep others by name"
            )
        kinds = [get_label_type(model.engine.classes)]
        kinds += [DataType.float32()] * len(labels) + [DataType.string()]
        self._own = [Field(name, kind) for name, kind in zip(own, kinds, strict=True)]
        metadata = {"model_name": model.version.name, "model_version": model.version.version}
        self.schema = Schema([*(fields[n] for n in self._kept), *self._own], metadata=metadata)
        self.counts = Counts()

    def batches(self, on_bad_row: OnBadRow) -> Iterator[RecordBatch]:
        """The scored rows, in the order of the table; a row that `on_bad_row` takes is left out.

        Raises:
            CommandFailed: the file is broken, a column is of the wrong type, or the model fails.
        """
        for chunk, misfits in self._table.chunks():
            for place, why in misfits:
                self._leave_out(on_bad_row, f"{place} {why}")
            if len(chunk.places):
                good, columns = self._columns(chunk, on_bad_row)
                if len(good.places):
                    yield self._scored(good, columns)
                    self.counts.scored += len(good.places)

    def share_read(self) -> float:
        """How much of the table has been read, from 0 to 1."""
        return self._table.share_read()

    def _columns(self, chunk: Chunk, on_bad_row: OnBadRow) -> tuple[Chunk, dict[str, Array]]:
        """The rows that the schema allows, and their columns."""
        while True:
            columns: dict[str, Array] = {}
            bad: dict[int, BadCell] = {}
            for column in self._model.schema.columns:
                try:
                    if column.name in self._present:
                        columns[column.name] = chunk.read(column)
                    else:
                        columns[column.name] = to_array(column, [None] * len(chunk.places))
                except WrongType as error:
                    raise CommandFailed(str(error)) from error
                except BadCells as error:
                    for cell in error.cells:
                        bad.setdefault(cell.row, cell)
            if not bad:
                return chunk, columns
            for row, cell in sorted(bad.items()):
                why = f"{chunk.places[row]}, column {cell.column!r}: {cell.message}"
                self._leave_out(on_bad_row, why)
            chunk = chunk.without(set(bad))
            if not len(chunk.places):
                return chunk, {}

    def _leave_out(self, on_bad_row: OnBadRow, text: str) -> None:
        on_bad_row(text)
        self.counts.left_out += 1

    def _scored(self, chunk: Chunk, columns: dict[str, Array]) -> RecordBatch:
        try:
            scores = self._model.engine.score(columns)
            check_probabilities(scores.probabilities)
        except Exception as error:
            where = f"{chunk.places[0]} to {chunk.places[-1]}"
            why = truncate(to_one_line(error))
            raise CommandFailed(f"the model fails on rows from {where}: {why}") from error
        return RecordBatch.from_arrays(
            [*chunk.kept(self._kept), *self._answers(scores)], schema=self.schema
        )

    def _answers(self, scores: Scores) -> Iterator[ArrowArray]:
        yield ArrowArray(scores.labels.tolist(), self._own[0].type)
        for number in range(scores.probabilities.shape[1]):
            yield ArrowArray.from_numpy(np.ascontiguousarray(scores.probabilities[:, number]))
        rows = len(scores.labels)
        yield ArrowArray([self._model.version.version] * rows, DataType.string())
