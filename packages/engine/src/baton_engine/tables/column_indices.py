"""Finds the columns of a file by name."""

from collections.abc import Iterable, Sequence


def find_column_indices(names: Sequence[str]) -> dict[str, int]:
    """Finds the index of each column by its name, and by its name without white space.

    Training strips the names. The first of equal names wins; exact names win over stripped ones.
    """
    return find_first_indices(each.strip() for each in names) | find_first_indices(names)


def find_first_indices(names: Iterable[object]) -> dict[str, int]:
    """Finds the index of each name, of equal names the first. Values that are not text are ignored.

    Call it once per file: searching a list for each of 20,000 columns takes seconds.
    """
    last_to_first = [*enumerate(names)][::-1]
    return {each: index for index, each in last_to_first if isinstance(each, str)}
