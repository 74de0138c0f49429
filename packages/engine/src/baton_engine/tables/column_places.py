"""Which column of a file is the one that a version names."""

from collections.abc import Iterable, Sequence


def find_column_places(names: Sequence[str]) -> dict[str, int]:
    """The place of each column of a file by its name, also by the name without white space.

    Training takes white space off the names. The first of equal names counts, and an exact name
    before one with white space.
    """
    return find_first_places(each.strip() for each in names) | find_first_places(names)


def find_first_places(names: Iterable[object]) -> dict[str, int]:
    """The place of each name, of equal ones the first; what is no text names no column.

    To be made once: a search of a list for each of 20,000 columns takes seconds.
    """
    last_to_first = [*enumerate(names)][::-1]
    return {each: place for place, each in last_to_first if isinstance(each, str)}
