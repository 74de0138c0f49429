"""Which column of a file is the one that a version names."""

from collections.abc import Sequence


def column_places(names: Sequence[str]) -> dict[str, int]:
    """The place of each column of a file by its name, also by the name without white space.

    Training takes white space off the names. The first of equal names counts, and an exact name
    before one with white space.
    """
    last_to_first = [*enumerate(names)][::-1]
    return {each.strip(): place for place, each in last_to_first} | {
        each: place for place, each in last_to_first
    }
