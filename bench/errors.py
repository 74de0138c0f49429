"""What can go wrong in a benchmark."""


class CannotRun(Exception):
    """Something could not run; the text is one line that says what and why."""
