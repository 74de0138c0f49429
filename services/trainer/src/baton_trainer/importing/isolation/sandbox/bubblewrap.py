"""A sandbox by bubblewrap: https://github.com/containers/bubblewrap."""

from collections.abc import Iterator
from pathlib import Path

from baton_trainer.importing.isolation.sandbox.program import (
    FIRST_TO_KILL,
    SYSTEM_FILES,
    SYSTEM_FOLDERS,
    TEMPORARY_BYTES,
    Program,
)

NAME = "bubblewrap"
UNPRIVILEGED = "65534"
"""The user and group that Debian keeps for processes without rights."""


def wrap(program: Program, _scratch: Path) -> list[str]:
    """Returns the command that runs the program in a sandbox.

    It must be started with the program's environment: bubblewrap is process 1 in the sandbox, and
    the program can read the environment that it was started with.
    """
    return [
        *FIRST_TO_KILL,
        "bwrap",
        *(
            "--unshare-user",
            "--unshare-all",
        ),  # no network, process or shared memory of this machine
        "--disable-userns",  # the program cannot make namespaces, a common way to attack kernels
        "--die-with-parent",
        "--new-session",  # it cannot type into the user's terminal (CVE-2017-5226)
        *("--uid", UNPRIVILEGED, "--gid", UNPRIVILEGED, "--cap-drop", "ALL"),
        *_mount_system(),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", str(TEMPORARY_BYTES), "--tmpfs", "/tmp"),  # noqa: S108 - a new one
        *("--size", str(TEMPORARY_BYTES), "--tmpfs", "/dev/shm"),  # noqa: S108 - as above
        *(text for each in program.mounts for text in ("--ro-bind", str(each.source), each.target)),
        # Of root, the kernel's settings in /proc/sys could be written, without any capability.
        *("--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", program.folder, "--"),
        *program.command,
    ]


def _mount_system() -> Iterator[str]:
    for name in SYSTEM_FOLDERS:
        folder = Path(name)
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), name)
        elif folder.is_dir():
            yield from ("--ro-bind", name, name)
    for name in SYSTEM_FILES:
        yield from ("--ro-bind-try", name, name)
