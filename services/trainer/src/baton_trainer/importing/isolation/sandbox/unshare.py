"""A sandbox by the programs of util-linux, which every Linux has."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from baton_trainer.importing.isolation.sandbox.program import (
    FIRST_TO_KILL,
    SYSTEM_FILES,
    SYSTEM_FOLDERS,
    TEMPORARY_BYTES,
    Mount,
    Program,
)

NAME = "unshare"

_DEVICES = ("null", "zero", "full", "random", "urandom")
_NAMESPACES = (
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--ipc",
    "--uts",
    "--cgroup",
)


def wrap(program: Program, scratch: Path) -> list[str]:
    """Returns the command that runs the program in a sandbox.

    A shell builds the file system of the sandbox and enters it; then it gives up all capabilities.

    Args:
        program: the program.
        scratch: an empty folder, which the file system is mounted on, in the sandbox only.
    """
    script = "\n".join(("set -eu", *_build_root(program, scratch)))
    # unshare itself ends with this process, and all processes inside with unshare.
    leash = ("setpriv", "--pdeathsig", "KILL", "--")
    return [
        *FIRST_TO_KILL,
        *leash,
        *("unshare", *_NAMESPACES, "--fork", "--kill-child=KILL", "--"),
        *("/bin/sh", "-c", script, "sh", *program.command),
    ]


def _build_root(program: Program, scratch: Path) -> Iterator[str]:
    """Yields the lines of the script. Each path is quoted."""
    size = f"nosuid,nodev,mode=755,size={TEMPORARY_BYTES}"
    yield f"mount -t tmpfs -o {size} tmpfs {shlex.quote(str(scratch))}"
    yield f"cd {shlex.quote(str(scratch))}"
    yield "mkdir old proc dev dev/shm tmp"
    for name in SYSTEM_FOLDERS:
        folder = Path(name)
        if folder.is_symlink():
            yield f"ln -s {shlex.quote(str(folder.readlink()))} .{name}"
        elif folder.is_dir():
            yield from _mount(Mount(folder, name))
    for file in filter(Path.exists, map(Path, SYSTEM_FILES)):
        yield from _mount(Mount(file, str(file)))
    for each in program.mounts:
        yield from _mount(each)
    for device in _DEVICES:
        yield f": > dev/{device}; mount --bind /dev/{device} dev/{device}"
    yield "mount -t proc -o nosuid,nodev,noexec proc proc"
    yield f"mount -t tmpfs -o {size} tmpfs tmp; mount -t tmpfs -o {size} tmpfs dev/shm"
    yield "pivot_root . old; cd /; umount -l old; rmdir old"
    # The program cannot make namespaces, a common way to attack kernels.
    yield "echo 0 > /proc/sys/user/max_user_namespaces"
    # Of root, the kernel's settings in /proc/sys could still be written, without any capability.
    yield "mount -o remount,bind,ro,nosuid,nodev,noexec /proc"
    yield "mount -o remount,ro,nosuid,nodev /"
    yield f"cd {shlex.quote(program.folder)}"
    yield 'exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- setsid -w "$@"'


def _mount(mount: Mount) -> Iterator[str]:
    source, target = shlex.quote(str(mount.source)), shlex.quote("." + mount.target)
    parent = shlex.quote("." + str(Path(mount.target).parent))
    create = f"mkdir -p {target}" if mount.source.is_dir() else f": > {target}"
    yield f"mkdir -p {parent}; {create}"
    # The kernel forbids to bind a folder without the file systems mounted below it.
    yield f"mount --rbind {source} {target}; mount -o remount,bind,ro,nosuid,nodev {target}"
