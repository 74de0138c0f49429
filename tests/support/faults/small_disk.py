"""A private disk of one megabyte for a process, which a test can fill."""

import os
import subprocess
from pathlib import Path

SIZE = "1m"
_PIECE = 4096
_MOUNT = 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"'


class SmallDisk:
    """A tmpfs in the process's own mount namespace (unshare(1)); it needs no privilege.

    Attributes:
        folder: its path for the process.
        wrapper: the command that starts the process.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        own = ["--mount"] if os.geteuid() == 0 else ["--map-root-user", "--mount"]
        self.wrapper = ["unshare", *own, "sh", "-c", _MOUNT, SIZE, str(folder)]

    def path_for(self, pid: int) -> Path:
        """Returns its path for other processes (proc_pid_root(5))."""
        return Path(f"/proc/{pid}/root{self.folder}")

    def fill(self, pid: int) -> None:
        """Fills the disk."""
        with (self.path_for(pid) / "filler").open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"\0" * _PIECE)
            except OSError:
                pass

    def free(self, pid: int) -> None:
        """Frees the space."""
        (self.path_for(pid) / "filler").unlink()

    def lock(self, pid: int) -> None:
        """Makes the disk read-only."""
        self._remount(pid, "ro")

    def unlock(self, pid: int) -> None:
        """Makes the disk writable again."""
        self._remount(pid, "rw")

    def _remount(self, pid: int, mode: str) -> None:
        own = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        enter = ["nsenter", "--target", str(pid), *own, "--mount"]
        subprocess.run([*enter, "mount", "-o", f"remount,{mode}", str(self.folder)], check=True)
