"""Formats the origin of an exception without its text, which may hold a caller's values."""

import traceback


def format_stack(error: BaseException) -> str:
    """Formats the traceback and the type of the exception."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error)
    return f"{frames}{kind.__module__}.{kind.__qualname__}"
