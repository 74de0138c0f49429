"""Errors of the benchmarks."""


class CannotRun(Exception):
    """A benchmark cannot run; the text is one line with the reason."""
