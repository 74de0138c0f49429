"""A setting as a variable, or as the file that another variable names.

Container images take their secrets as `NAME_FILE`: `docker inspect` shows the file's name only.
"""

from collections.abc import Mapping
from pathlib import Path

from baton_common.paths import expand_home

SUFFIX = "_FILE"


class SettingsError(Exception):
    """A setting is missing or not allowed; the text is one line for the person who set it."""


def read_setting(
    name: str, environment: Mapping[str, str], hint: str = "name a readable file"
) -> str:
    """The value of the variable `name`, else the content of the file that `NAME_FILE` names.

    If both are set, the variable counts. Variables set to nothing count as unset. White space at
    the ends of the file, and the mark that Windows' editors put before UTF-8, are no part of it.

    Args:
        name: of the variable.
        environment: the variables.
        hint: what to do about a file that cannot be read.

    Returns:
        The value; empty if neither is set, or the file holds nothing.

    Raises:
        SettingsError: the file cannot be read.
    """
    value, file = environment.get(name, ""), environment.get(name + SUFFIX, "")
    if value or not file:
        return value
    try:
        return expand_home(Path(file)).read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a name that no file can have
        reason = (isinstance(error, OSError) and error.strerror) or "it is not UTF-8 text"
        raise SettingsError(f"{name}{SUFFIX}={file}: cannot be read ({reason}); {hint}") from error
