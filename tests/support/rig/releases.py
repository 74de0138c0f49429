"""Earlier releases, taken from the repository's history, to upgrade from."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
V0_1_0 = "3d51f53fccb9869b877c51dc8ca7408f97f642a5"
"""The commit of the tag v0.1.0: a clone may lack the tag, but not the commit."""


def unpack_release(commit: str, folder: Path) -> None:
    """Writes the tree of a release into a folder.

    Raises:
        subprocess.CalledProcessError: the history does not reach so far (a shallow clone).
    """
    archive = subprocess.run(
        ["git", "archive", "--format=tar", commit], cwd=ROOT, capture_output=True, check=True
    )
    subprocess.run(["tar", "--extract", "--directory", folder], input=archive.stdout, check=True)


def source_path(release: Path) -> str:
    """The `PYTHONPATH` that puts a release's packages before the installed ones."""
    return ":".join(str(folder) for folder in sorted(release.glob("**/src")))
