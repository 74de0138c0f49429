"""The interface of the parts of a model card that depend on the task."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from baton_trainer.cards.grids import Grid
from baton_trainer.cards.style import Draw
from baton_trainer.tables.table import Table


class TaskParts(Protocol):
    """What the card of one report says and draws.

    Attributes:
        template: the file of its template.
        titles: the title of each metric, by name, in the order of the card.
    """

    template: str
    titles: Mapping[str, str]

    def list_plots(self) -> Mapping[str, Draw]:
        """Lists the plots of the predictions, by name."""
        ...

    def describe_target(self, table: Table) -> str:
        """Describes the target in one line."""
        ...

    def build_target_grid(self, table: Table) -> Grid:
        """Describes the target on both sides of the split."""
        ...

    def build_slice_grid(self) -> Grid:
        """Returns the weakest slices."""
        ...

    def list_tables(self) -> Mapping[str, Sequence[Any]]:
        """Lists more tables of the run, by name: data classes whose fields are the columns."""
        ...

    def build_values(self, table: Table) -> dict[str, Any]:
        """Returns the values of the names that its template uses."""
        ...

    def list_table_limitations(self, table: Table) -> Iterator[str]:
        """Lists the limitations of the table."""
        ...

    def list_figure_limitations(self) -> Iterator[str]:
        """Lists the limitations that its figures show."""
        ...
