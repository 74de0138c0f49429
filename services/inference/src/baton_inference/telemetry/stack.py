"""Where an exception came from, without what its text may repeat of a caller's values."""

import traceback


def stack_of(error: BaseException) -> str:
    """The traceback and the exception's type; its text may hold feature values and is left out."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error)
    return f"{frames}{kind.__module__}.{kind.__qualname__}"
