"""The rule for reading cells of text files. A version records the rule of its training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from baton_common.texts import truncate

WhiteSpace = Literal["kept", "trimmed"]

_KEY = "white_space"


class UnknownRule(ValueError):
    """A version records a rule that this Baton does not know. The message is one line."""


@dataclass(frozen=True)
class ReaderRule:
    """The rule for reading the cells of a CSV file.

    Separator, encoding and decimal mark belong to a file, not to a version.

    Attributes:
        white_space: around unquoted cells it is `kept` or `trimmed`. Quotes always keep it.
    """

    white_space: WhiteSpace

    @property
    def trims(self) -> bool:
        """Whether white space around unquoted cells is removed."""
        return self.white_space == "trimmed"

    def to_json(self) -> dict[str, Any]:
        """Converts the rule to the form of the record."""
        return {_KEY: self.white_space}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "ReaderRule":
        """Parses a recorded rule. Versions without a rule have an empty record.

        Raises:
            UnknownRule: this Baton does not know the rule.
        """
        if not record:
            return KEEP_WHITE_SPACE
        if record.keys() != {_KEY} or record[_KEY] not in get_args(WhiteSpace):
            raise UnknownRule(
                "its record has an unknown rule for reading cells "
                f"({truncate(str(record), 80)}); a newer Baton wrote it: upgrade"
            )
        return cls(record[_KEY])


KEEP_WHITE_SPACE = ReaderRule("kept")
"""The rule of versions that record none."""
TRIM_WHITE_SPACE = ReaderRule("trimmed")
"""The rule of training."""
