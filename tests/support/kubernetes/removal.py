"""Removes a cluster, also one whose start failed or whose owner was killed."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.support.kubernetes.commands import ClusterError, run
from tests.support.kubernetes.layout import Layout
from tests.support.kubernetes.networks import list_namespaces
from tests.support.kubernetes.nodes import CGROUPS

_END_LIMIT_S = 20.0


def remove_cluster(layout: Layout) -> None:
    """Ends every process of the cluster and removes what it made.

    Only a socket stays in /var/lib/kubelet: its path is the same for all kubelets.

    A cluster without a state is removed, too: its start may have failed.
    """
    _end_processes(layout)
    _unmount([layout.state, layout.run])
    for namespace in _find_namespaces(layout):
        run("ip", "netns", "delete", namespace)
    for group in _find_cgroups(layout):
        for folder in sorted(_list_folders(group), reverse=True):  # children first
            folder.rmdir()
    _remove_files(layout)


def _end_processes(layout: Layout) -> None:
    """Kills all processes in its network namespaces, and those of its pods."""
    end_s = time.monotonic() + _END_LIMIT_S
    while pids := {*_list_in_namespaces(layout), *_list_in_cgroups(layout)}:
        if time.monotonic() > end_s:
            raise ClusterError(f"these processes do not end: {sorted(pids)}")
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)


def _list_in_namespaces(layout: Layout) -> Iterable[int]:
    for namespace in _find_namespaces(layout):
        yield from map(int, run("ip", "netns", "pids", namespace).split())


def _find_namespaces(layout: Layout) -> list[str]:
    return [name for name in list_namespaces(layout) if Path("/run/netns", name).exists()]


def _list_in_cgroups(layout: Layout) -> Iterable[int]:
    for group in _find_cgroups(layout):
        for file in group.rglob("cgroup.procs"):
            yield from map(int, file.read_text().split())


def _find_cgroups(layout: Layout) -> list[Path]:
    """Lists the parents of its pods: with cgroup v1 one in each hierarchy."""
    parents = [CGROUPS, *CGROUPS.iterdir()]
    groups = [parent / node.namespace for parent in parents for node in layout.nodes]
    return [group for group in groups if group.is_dir()]


def _list_folders(group: Path) -> list[Path]:
    return [group, *(path for path in group.rglob("*") if path.is_dir())]


def _unmount(folders: Iterable[Path]) -> None:
    """Unmounts everything below the folders: containers, volumes, network namespaces of pods."""
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    starts = tuple(f"{folder}/" for folder in folders)
    for mount in sorted(mounts, reverse=True):
        if mount.startswith(starts):
            run("umount", "--lazy", mount)


def _delete_later(folder: Path) -> None:
    """Moves a folder away and deletes it in the background, with its parent if that is empty then.

    Tens of thousands of files take minutes on a disk that discards the blocks of each one.
    """
    doomed = folder.with_name(f".{folder.name}-{time.time_ns()}")
    folder.rename(doomed)
    script = 'rm -rf "$0"; rmdir --ignore-fail-on-non-empty "$1"'
    command = ["setsid", "--fork", "nice", "sh", "-c", script, str(doomed), str(folder.parent)]
    nothing = subprocess.DEVNULL  # a reader of this process's output must not wait for it
    subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, check=True)


def _remove_files(layout: Layout) -> None:
    for link in Path("/var/log/containers").glob("*.log"):
        if link.is_symlink() and link.readlink().is_relative_to(layout.state):
            link.unlink()
    for answer in Path("/var/lib/cni/results").glob(f"{layout.name}-*"):
        answer.unlink()
    shutil.rmtree(layout.run, ignore_errors=not layout.run.exists())
    if layout.state.exists():
        _delete_later(layout.state)
    with suppress(OSError):  # another cluster is there
        layout.run.parent.rmdir()
    for name in ("/var/lib/kubelet/device-plugins", "/var/lib/kubelet"):
        with suppress(OSError):  # not there, or not empty: a kubelet of the host
            Path(name).rmdir()
