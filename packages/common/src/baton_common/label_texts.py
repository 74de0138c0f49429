"""Reads labels as the prediction log keeps them: as texts.

A rollout and `baton quality` read them here, and inference checks the labels that callers send,
so a label that one accepts counts for the others.
"""

from collections.abc import Sequence
from math import isfinite


def find_class(text: str, classes: Sequence[str], *, are_texts: bool) -> int | None:
    """Finds the class that a label means.

    Args:
        text: the label.
        classes: the classes, as the names of the log's columns have them.
        are_texts: whether the version answers with texts. Otherwise its classes are numbers or
            booleans, and `1.0` is also the class `1`, and `true` the class `True`.

    Returns:
        The index of the class; None if there is none.
    """
    spellings = list_spellings(text, are_texts=are_texts)
    return next((classes.index(each) for each in spellings if each in classes), None)


def list_spellings(text: str, *, are_texts: bool) -> list[str]:
    """Lists the classes that a label may mean, the first one first.

    Args:
        text: the label.
        are_texts: see `find_class`.
    """
    return [text] if are_texts else [text, *_list_values(text.strip())]


def parse_number(text: str) -> float | None:
    """Parses a label of a regression; None if it is no finite number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) and "_" not in text else None


def _list_values(text: str) -> list[str]:
    """Lists how a number or a boolean is spelled as a class."""
    number = parse_number(text)
    if number is None:
        return [text.capitalize(), text.lower()]
    return [text, *([str(int(number))] if number.is_integer() else []), repr(number)]
