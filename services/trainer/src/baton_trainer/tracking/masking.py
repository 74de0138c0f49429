"""Masks secrets in a command line, because every reader of a run sees it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

HIDDEN = "***"

_SECRET = re.compile(
    r"secret|password|passwd|token|credential|api_?key|signing_?key", re.IGNORECASE
)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")


def mask_arguments(arguments: Sequence[str]) -> list[str]:
    """Returns the arguments without secrets, without credentials in URLs, without folders.

    The value of an option or name that contains e.g. `password` is hidden. A path is cut to its
    last part, because the rest shows the folders of this machine.
    """
    return list(_mask(arguments))


def _mask(arguments: Sequence[str]) -> Iterator[str]:
    hide_next = False
    for argument in arguments:
        if hide_next:
            yield HIDDEN
            hide_next = False
            continue
        name, equals, value = argument.partition("=")
        if not equals:
            hide_next = argument.startswith("-") and bool(_SECRET.search(argument))
            yield _strip_credentials_and_folders(argument)
        elif _SECRET.search(name):
            yield f"{name}={HIDDEN}"
        else:
            yield f"{_strip_credentials_and_folders(name)}={_strip_credentials_and_folders(value)}"


def _strip_credentials_and_folders(text: str) -> str:
    """Removes the credentials of a URL, or the folders of a path."""
    if "://" in text:
        return _CREDENTIALS.sub("", text)
    return PurePath(text).name if PurePath(text).is_absolute() else text
