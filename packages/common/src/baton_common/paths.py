"""Paths as users write them."""

from pathlib import Path


def expand_home(path: Path) -> Path:
    """Replaces a leading `~` or `~user` with the home directory.

    Shells expand it only at the start of a word: not in `--home=~/x`, and not inside files. A path
    that names an unknown user is returned unchanged, because a file may have that name.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        return path
