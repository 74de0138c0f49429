"""A node: containerd, the kubelet and kube-proxy."""

from pathlib import Path

from tests.support.kubernetes.commands import run, start_daemon, wait_for
from tests.support.kubernetes.images import ctr
from tests.support.kubernetes.layout import (
    CONTROL_PLANE,
    PAUSE,
    PODS,
    Layout,
    Node,
    write_configuration,
)

CGROUPS = Path("/sys/fs/cgroup")
_START_LIMIT_S = 30.0
_WEIGHT = 8


def start_node(layout: Layout, node: Node, programs: Path) -> None:
    """Starts a node. It registers itself with the API server."""
    _configure(layout, node)
    _create_cgroup(node.namespace)
    start_containerd(node.namespace, node.folder / "containerd.toml", node.socket, node.folder)
    start_daemon(
        node.folder / "kubelet.log",
        node.namespace,
        programs / "kubelet",
        f"--config={node.folder}/kubelet.yaml",
        f"--kubeconfig={layout.state}/{node.name}.conf",
        f"--root-dir={node.folder}/kubelet",
        f"--cert-dir={node.folder}/kubelet/pki",
        f"--hostname-override={node.name}",
        f"--node-ip={node.address}",
    )
    start_daemon(
        node.folder / "kube-proxy.log",
        node.namespace,
        programs / "kube-proxy",
        f"--config={node.folder}/proxy.yaml",
    )


def start_containerd(namespace: str, configuration: Path, socket: Path, logs: Path) -> None:
    """Starts containerd and waits until it answers."""
    log = logs / "containerd.log"
    start_daemon(log, namespace, "containerd", "--config", configuration)
    wait_for(lambda: run(*ctr(socket), "version"), _START_LIMIT_S, "containerd", log)


def _configure(layout: Layout, node: Node) -> None:
    values = {
        "root": node.folder / "containerd",
        "run": node.run,
        "socket": node.socket,
        "folder": node.folder,
        "state": layout.state,
        "name": node.name,
        "network": layout.name,
        "cgroup": node.namespace,
        "pods": node.pods,
        "all_pods": f"{PODS}.0.0/16",
        "control_plane": CONTROL_PLANE,
        "pause": PAUSE,
    }
    for template in ("containerd.toml", "kubelet.yaml", "proxy.yaml"):
        write_configuration(template, node.folder / template, values)
    write_configuration("pods.conflist", node.folder / "cni" / "10-pods.conflist", values)
    # What pods with `dnsPolicy: Default` read: no name of the host's network resolves in a cluster.
    (node.folder / "resolv.conf").touch()


def _create_cgroup(name: str) -> None:
    """Creates the parent of the node's pods: with cgroup v1 in each hierarchy."""
    if (CGROUPS / "cgroup.controllers").exists():
        (CGROUPS / name).mkdir(exist_ok=True)
        _weigh(CGROUPS / name)
        return
    for hierarchy in CGROUPS.iterdir():
        if not (hierarchy / "tasks").exists():
            continue
        group = hierarchy / name
        group.mkdir(exist_ok=True)
        # A new cpuset has no processor.
        for setting in ("cpuset.cpus", "cpuset.mems"):
            if (parent := hierarchy / setting).exists():
                (group / setting).write_text(parent.read_text())
        _weigh(group)


def _weigh(group: Path) -> None:
    """Gives the pods of a node the time of many processes.

    By default, all of them together get as much of a busy machine as one process outside.
    """
    for setting, default in (("cpu.shares", 1024), ("cpu.weight", 100)):
        if (file := group / setting).exists():
            file.write_text(f"{default * _WEIGHT}")
