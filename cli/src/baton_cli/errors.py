"""Errors that end a command with one line on stderr."""

import click


class CommandFailed(click.ClickException):
    """The command failed: exit code 1; the message is the last line on stderr.

    The message is one line: what failed, why, and what to do.
    """


def to_usage_error(error: Exception) -> click.UsageError:
    """Converts the error of an option that only another package can check; it names the verb."""
    return click.UsageError(str(error), click.get_current_context(silent=True))


def build_missing_package_error(package: str, error: ModuleNotFoundError) -> CommandFailed:
    """Builds the error of a verb whose package is not installed.

    An image contains one package: the trainer image has no inference, and vice versa.
    """
    return CommandFailed(
        f"{package} is not installed here (no module {error.name}); "
        f"use the {package} image, or install baton-cli[up]"
    )


def build_missing_extra_error(extra: str, error: ModuleNotFoundError) -> CommandFailed:
    """Builds the error of an option whose packages are not installed."""
    return CommandFailed(f"no module {error.name} is installed here; install baton-cli[{extra}]")
