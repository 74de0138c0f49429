"""A program to run in a sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TEMPORARY_BYTES = 256 * 2**20
"""The size of `/tmp`, the only place where the program can write files, and of `/dev/shm`."""

SYSTEM_FOLDERS = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
"""The operating system's programs and libraries, which the sandbox can read."""
SYSTEM_FILES = ("/etc/ld.so.cache",)

FIRST_TO_KILL = ("choom", "-n", "1000", "--")
"""Before the command: if this machine runs out of memory, the kernel ends the sandbox first."""


@dataclass(frozen=True)
class Mount:
    """A folder or file of this machine that the program can read, but not change."""

    source: Path
    target: str


@dataclass(frozen=True)
class Program:
    """A program.

    Attributes:
        command: the program and its arguments, with the paths of the sandbox.
        folder: its working folder, a path of the sandbox.
        mounts: what it can read besides the operating system.
        environment: all of its environment variables.
    """

    command: Sequence[str]
    folder: str
    mounts: Sequence[Mount]
    environment: Mapping[str, str]
