"""What the object stores of fsspec have in common: how their failures become one line."""

import logging

from baton_common.texts import get_first_line, truncate


def silence_logs() -> None:
    """Leaves reports to Baton: gcsfs logs each failure that it also raises, with a traceback."""
    logging.getLogger("gcsfs").setLevel(logging.CRITICAL)


def describe_error(error: Exception) -> str:
    """Describes an error of a store in one line; their libraries share no base class.

    gcsfs reports an absent bucket or object as a `FileNotFoundError` with a path of its API only.
    """
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, FileNotFoundError):
        return "no such bucket or file"
    return truncate(get_first_line(error))
