"""The rule by which the cells of a text file are read; a version records that of its training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from baton_common.texts import truncate

WhiteSpace = Literal["kept", "trimmed"]

_KEY = "white_space"


class UnknownRule(ValueError):
    """A version records a rule that this Baton does not know; the text is one line."""


@dataclass(frozen=True)
class ReaderRule:
    """How the cells of a CSV file are read.

    Separator, encoding and decimal mark are no part of it: they belong to a file, not to a version.

    Attributes:
        white_space: around unquoted cells, `kept` as data or `trimmed`. Quotes keep it always.
    """

    white_space: WhiteSpace

    @property
    def trims(self) -> bool:
        """Whether white space around unquoted cells is no data."""
        return self.white_space == "trimmed"

    def to_json(self) -> dict[str, Any]:
        """The rule as a version records it."""
        return {_KEY: self.white_space}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "ReaderRule":
        """The rule that a version records; an empty record is that of the versions without one.

        Raises:
            UnknownRule: it says something that this Baton does not know.
        """
        if not record:
            return KEPT
        if record.keys() != {_KEY} or record[_KEY] not in get_args(WhiteSpace):
            raise UnknownRule(
                "its record has a rule for reading cells that is unknown here "
                f"({truncate(str(record), 80)}); a newer Baton made it: upgrade"
            )
        return cls(record[_KEY])


KEPT = ReaderRule("kept")
"""The rule of every version that records none."""
TRIMMED = ReaderRule("trimmed")
"""The rule of training."""
