"""A disk of a megabyte that a process has to itself, and that can be filled to the last byte."""

import os
from pathlib import Path

SIZE = "1m"
_PIECE = 4096
_MOUNT = 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"'


class SmallDisk:
    """A tmpfs in the process's own mount namespace (unshare(1)); no privilege is needed for that.

    Attributes:
        folder: where the process sees it.
        inside: what starts the process.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        own = ["--mount"] if os.geteuid() == 0 else ["--map-root-user", "--mount"]
        self.inside = ["unshare", *own, "sh", "-c", _MOUNT, SIZE, str(folder)]

    def seen_by(self, pid: int) -> Path:
        """The same folder from outside, through the namespace of the process (proc_pid_root(5))."""
        return Path(f"/proc/{pid}/root{self.folder}")

    def fill(self, pid: int) -> None:
        """Leaves no byte free."""
        with (self.seen_by(pid) / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"\0" * _PIECE)
            except OSError:
                pass

    def free(self, pid: int) -> None:
        """Gives the space back."""
        (self.seen_by(pid) / "filler").unlink()
