"""What ends a command: one line for the person who gave it."""

import click


class CommandFailed(click.ClickException):
    """It could not be done: exit 1, and the text is the last line on stderr.

    The text is one line: what, where, a hint.
    """


def to_usage_error(error: Exception) -> click.UsageError:
    """The error of an option whose value only the package itself can judge; it names the verb."""
    return click.UsageError(str(error), click.get_current_context(silent=True))


def missing_package_error(package: str, error: ModuleNotFoundError) -> CommandFailed:
    """The error of a verb whose package this installation does not have.

    An image holds one package: the trainer's has no inference, and the other way round.
    """
    return CommandFailed(
        f"this installation cannot run the {package} ({error.name} is not installed); "
        f"use the {package} image, or install baton-cli[up]"
    )
