"""Paths as users write them."""

from pathlib import Path


def expand_home(path: Path) -> Path:
    """The path with `~` or `~user` at its beginning replaced by that home.

    A shell does so only where a word begins with it: not in `--home=~/x`, and not in files. A path
    that begins with the name of no user stays as it is: it may be a file of that name.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        return path
