"""A cluster: starts it, runs commands in it, removes it."""

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.support.kubernetes.accounts import create_accounts
from tests.support.kubernetes.commands import ClusterError, enter, run, wait_for
from tests.support.kubernetes.control_plane import start_control_plane
from tests.support.kubernetes.images import clone_store, fill_store, import_images
from tests.support.kubernetes.kernel_settings import keep_kernel_settings
from tests.support.kubernetes.layout import CONTROL_PLANE, Layout, Node, write_configuration
from tests.support.kubernetes.networks import create_networks
from tests.support.kubernetes.nodes import start_node
from tests.support.kubernetes.removal import remove_cluster

TOOLS = ("containerd", "ctr", "runc", "docker", "iptables", "ip", "nsenter", "openssl", "sysctl")
_PLUGINS = Path("/usr/lib/cni")
_READY_LIMIT_S = 90.0
COMMAND_LIMIT_S = 300.0
"""Of kubectl and helm, which have shorter limits of their own."""


@dataclass(frozen=True)
class Cluster:
    """A cluster on this machine.

    Attributes:
        layout: its names and addresses.
        programs: folder of Kubernetes' programs.
    """

    layout: Layout
    programs: Path

    def up(self, images: Sequence[str] = ()) -> None:
        """Starts it, with these images of the local Docker engine on every node.

        Raises:
            ClusterError: it is up already, or cannot start. What it has started stays, with logs.
        """
        layout = self.layout
        if layout.is_up():
            raise ClusterError(f"cluster {layout.name} is up, or was not removed: remove it first")
        create_accounts(layout)
        create_networks(layout)
        with keep_kernel_settings(), ThreadPoolExecutor() as pool:
            filling = pool.submit(fill_store, layout, self.programs, images)
            start_control_plane(layout, self.programs, self.kubectl)
            store = filling.result()
            [*pool.map(lambda node: self._start_node(node, store), layout.nodes)]
            self._wait_until_ready()

    def down(self) -> None:
        """Removes it with everything in it."""
        remove_cluster(self.layout)

    def kubectl(self, *arguments: str, text: str = "", limit_s: float = COMMAND_LIMIT_S) -> str:
        """Runs kubectl as the administrator, and returns its output."""
        return run(*self.wrap("kubectl", *arguments), text=text, limit_s=limit_s)

    def helm(self, *arguments: str, limit_s: float = COMMAND_LIMIT_S) -> str:
        """Runs helm as the administrator, and returns its output."""
        return run(*self.wrap("helm", *arguments), limit_s=limit_s)

    def wrap(self, program: str, *arguments: str) -> list[str]:
        """Returns the command that runs kubectl or helm as the administrator."""
        settings = [f"KUBECONFIG={self.layout.state}/admin.conf", f"HOME={self.layout.state}/home"]
        return enter(self.layout.name, "env", *settings, str(self.programs / program), *arguments)

    def wrap_inside(self, *command: str) -> list[str]:
        """Returns the command that runs in node 1's network: Services and pods answer there."""
        resolver = self.layout.state / "resolv.conf"
        script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        return enter(
            self.layout.nodes[0].namespace, "unshare", "--mount", "sh", "-c", script, resolver,
            *command,
        )  # fmt: skip

    def load(self, images: Sequence[str]) -> None:
        """Loads images of the local Docker engine onto every node."""
        for node in self.layout.nodes:
            import_images(node.socket, images)

    def _start_node(self, node: Node, store: Path) -> None:
        clone_store(store, node)
        start_node(self.layout, node, self.programs)

    def _wait_until_ready(self) -> None:
        names = [f"node/{node.name}" for node in self.layout.nodes]
        ready = ("wait", "--for=condition=Ready", "--timeout=1s")
        log = self.layout.nodes[0].folder / "kubelet.log"
        wait_for(lambda: self.kubectl(*ready, *names), _READY_LIMIT_S, "the nodes", log)
        account = ("get", "serviceaccount", "default")
        wait_for(lambda: self.kubectl(*account), _READY_LIMIT_S, "the default account", log)
        values = {"control_plane": CONTROL_PLANE}
        write_configuration("resolv.conf", self.layout.state / "resolv.conf", values)
        (self.layout.state / "resolv.conf").chmod(0o644)


def check_machine() -> None:
    """Raises ClusterError if no cluster can start on this machine."""
    if os.geteuid() != 0:
        raise ClusterError("only root can create network namespaces; run this as root")
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if not (_PLUGINS / "bridge").exists():
        missing.append("containernetworking-plugins")
    if missing:
        raise ClusterError(f"not installed: {', '.join(missing)}; .ci/run installs all of them")
