"""The window: the rows of the log that are compared, counted file by file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from baton_common.prediction_log import FEATURE, SAMPLING
from baton_common.texts import get_first_line
from baton_trainer.errors import DataError
from baton_trainer.monitoring.drift.column_drift import ColumnDrift, Kind
from baton_trainer.monitoring.drift.counters import CellCounter, create_counter
from baton_trainer.monitoring.profile import ColumnProfile, OutputProfile, Profile


class LoggedColumn(NamedTuple):
    """A column of the log: its name there, in the model, and what it is."""

    logged_as: str
    name: str
    kind: Kind


@dataclass(frozen=True)
class Window:
    """The rows of a version in the log.

    Attributes:
        rows: their number.
        sampling: the least and the greatest share of rows that were kept; None without rows.
        columns: what was counted, not yet judged.
        not_logged: the names of the columns and outputs that no file has, without private ones.
            Empty if there are no rows, because that says nothing about the columns.
    """

    rows: int
    sampling: tuple[float, float] | None
    columns: tuple[ColumnDrift, ...]
    not_logged: tuple[str, ...]


def list_columns(profile: Profile) -> list[LoggedColumn]:
    """Lists what a profile can be compared with."""
    features = [LoggedColumn(FEATURE + name, name, "column") for name in profile.columns]
    return [*features, *(LoggedColumn(name, name, "output") for name in profile.outputs)]


def count_window(tables: Iterable[pa.Table], profile: Profile) -> Window:
    """Counts the rows in the bins of the profile.

    Args:
        tables: the rows, a table a file. A table may lack any column: it is then not counted there.
        profile: the profile of the version.

    Raises:
        DataError: the values of a column are of another type than in the profile.
    """
    counter = _WindowCounter(profile)
    for table in tables:
        counter.add(table)
    return counter.count()


class _WindowCounter:
    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._columns = list_columns(profile)
        self._counters: dict[LoggedColumn, CellCounter] = {}
        self._rows = 0
        self._sampling: list[float] = []

    def add(self, table: pa.Table) -> None:
        """Counts the rows of one file."""
        self._rows += table.num_rows
        if table.num_rows and SAMPLING in table.column_names:
            bounds = pc.min_max(table[SAMPLING]).as_py().values()
            self._sampling += [bound for bound in bounds if bound is not None]
        for column in self._columns:
            if column.logged_as in table.column_names:
                self._add_cells(column, table[column.logged_as])

    def _add_cells(self, column: LoggedColumn, cells: pa.ChunkedArray) -> None:
        if column not in self._counters:
            self._counters[column] = create_counter(self._get_profile(column))
        try:
            self._counters[column].add(cells)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise DataError(
                f"{column.kind} {column.name!r} is {cells.type} in the prediction log, and of "
                f"another type in the reference ({get_first_line(error)}); compare with the table "
                "that the version was trained on"
            ) from error

    def count(self) -> Window:
        """Returns all counts."""
        return Window(
            rows=self._rows,
            sampling=(min(self._sampling), max(self._sampling)) if self._sampling else None,
            columns=tuple(self._build(each, counter) for each, counter in self._counters.items()),
            not_logged=tuple(self._list_not_logged()) if self._rows else (),
        )

    def _list_not_logged(self) -> Iterator[str]:
        for column in self._columns:
            if column not in self._counters and not _is_private(self._get_profile(column)):
                yield column.name

    def _build(self, column: LoggedColumn, counter: CellCounter) -> ColumnDrift:
        profile, cells = self._get_profile(column), counter.count()
        is_feature = isinstance(profile, ColumnProfile)
        rows = self._profile.rows if is_feature else int(cells.before.sum())
        return ColumnDrift(column.name, column.kind, cells, rows, _is_private(profile))

    def _get_profile(self, column: LoggedColumn) -> ColumnProfile | OutputProfile:
        if column.kind == "column":
            return self._profile.columns[column.name]
        return self._profile.outputs[column.name]


def _is_private(profile: ColumnProfile | OutputProfile) -> bool:
    return isinstance(profile, ColumnProfile) and profile.private
