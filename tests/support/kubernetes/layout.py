"""Names, addresses and folders of a cluster.

All addresses exist only inside the cluster's own network namespaces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

CONTROL_PLANE = "10.240.0.1"
NODES = "10.240.0"
PODS = "10.244"
SERVICES = "10.96.0.0/16"
PAUSE = "localhost/pause:1"
"""The image that holds the network namespace of a pod."""

_CONFIGURATION = Path(__file__).parent / "configuration"


@dataclass(frozen=True)
class Node:
    """A node.

    Attributes:
        cluster: name of the cluster.
        number: from 1.
    """

    cluster: str
    number: int

    @property
    def name(self) -> str:
        return f"node-{self.number}"

    @property
    def namespace(self) -> str:
        """Its network namespace, and its cgroup."""
        return f"{self.cluster}-{self.name}"

    @property
    def address(self) -> str:
        return f"{NODES}.{10 + self.number}"

    @property
    def pods(self) -> str:
        """The network of its pods."""
        return f"{PODS}.{self.number}.0/24"

    @property
    def folder(self) -> Path:
        return Layout(self.cluster).state / self.name

    @property
    def run(self) -> Path:
        return Layout(self.cluster).run / self.name

    @property
    def socket(self) -> Path:
        """The socket of its containerd."""
        return self.run / "containerd.sock"


@dataclass(frozen=True)
class Layout:
    """A cluster.

    Attributes:
        name: also the network namespace of its control plane.
        size: number of nodes.
    """

    name: str
    size: int = 2

    @property
    def nodes(self) -> list[Node]:
        return [Node(self.name, number) for number in range(1, self.size + 1)]

    @property
    def state(self) -> Path:
        """Everything that must be on a disk: etcd, images, containers, logs."""
        return Path("/var/lib/baton-kubernetes") / self.name

    @property
    def run(self) -> Path:
        """The sockets. The path is short, because a socket's path has at most 108 bytes."""
        return Path("/run/baton-kubernetes") / self.name

    def is_up(self) -> bool:
        """Whether it was started and not removed since."""
        return self.state.exists()


def write_configuration(template: str, target: Path, values: Mapping[str, object]) -> None:
    """Fills in a file of the folder `configuration` and writes it.

    Raises:
        KeyError: a value is missing.
    """
    text = Template((_CONFIGURATION / template).read_text(encoding="utf-8")).substitute(values)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    target.chmod(0o600)
