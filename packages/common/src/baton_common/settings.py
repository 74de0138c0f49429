"""Settings of all programs: `NAME`, or the file that `NAME_FILE` names; the cache folder.

Containers pass secrets as `NAME_FILE`, because `docker inspect` then shows only the file name.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from baton_common.paths import expand_home

SUFFIX = "_FILE"


class SettingsError(Exception):
    """A setting is missing or invalid. The message is one line."""


def read_setting(
    name: str, environment: Mapping[str, str], hint: str = "use a readable UTF-8 file"
) -> str:
    """Returns the variable `name`, or the content of the file that `NAME_FILE` names.

    The variable wins if both are set. An empty variable counts as unset. Leading and trailing white
    space and a byte order mark are removed from the file's content.

    Args:
        name: the variable.
        environment: all variables.
        hint: what to do if the file cannot be read.

    Returns:
        The value; empty if neither is set or the file is empty.

    Raises:
        SettingsError: the file cannot be read.
    """
    value, file = environment.get(name, ""), environment.get(name + SUFFIX, "")
    if value or not file:
        return value
    try:
        return expand_home(Path(file)).read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or an invalid file name
        reason = (isinstance(error, OSError) and error.strerror) or "it is not UTF-8 text"
        raise SettingsError(f"{name}{SUFFIX}={file}: cannot be read ({reason}); {hint}") from error


def get_user_cache_dir() -> Path:
    """Returns `$XDG_CACHE_HOME/baton`, `~/.cache/baton`, or a temporary folder without a home.

    A relative path is ignored: https://specifications.freedesktop.org/basedir/latest/
    """
    cache_home = os.environ.get("XDG_CACHE_HOME", "")
    if Path(cache_home).is_absolute():
        return Path(cache_home) / "baton"
    try:
        return Path.home() / ".cache" / "baton"
    except RuntimeError:  # a container's user without an entry in /etc/passwd
        return Path(tempfile.gettempdir()) / "baton"
