"""A command line as it may be shown to everybody who can read a run."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

HIDDEN = "***"

_SECRET = re.compile(
    r"secret|password|passwd|token|credential|api_?key|signing_?key", re.IGNORECASE
)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")


def masked(arguments: Sequence[str]) -> list[str]:
    """The arguments without secrets, without credentials in addresses, without folders.

    What follows an option or a name that speaks of a secret is hidden; of a path only the last
    part is left, for the rest says how this machine is laid out.
    """
    return list(_masked(arguments))


def _masked(arguments: Sequence[str]) -> Iterator[str]:
    hide_next = False
    for argument in arguments:
        if hide_next:
            yield HIDDEN
            hide_next = False
            continue
        name, equals, value = argument.partition("=")
        if not equals:
            hide_next = argument.startswith("-") and bool(_SECRET.search(argument))
            yield _plain(argument)
        elif _SECRET.search(name):
            yield f"{name}={HIDDEN}"
        else:
            yield f"{_plain(name)}={_plain(value)}"


def _plain(text: str) -> str:
    if "://" in text:
        return _CREDENTIALS.sub("", text)
    return PurePath(text).name if PurePath(text).is_absolute() else text
