"""The networks of a cluster: one network namespace for the control plane and for each node.

Nothing is published, and neither the host's packet filter nor Docker's changes. Pods route to each
other over a bridge in the control plane's namespace.
"""

from tests.support.kubernetes.commands import enter, run
from tests.support.kubernetes.layout import CONTROL_PLANE, Layout, Node

_KERNEL = (
    "net.ipv4.ip_forward=1",
    # A pod that reaches a pod of the same bridge by a Service: the answer must pass the packet
    # filter, which translates its address back.
    "net.bridge.bridge-nf-call-iptables=1",
)


def create_networks(layout: Layout) -> None:
    """Creates the network namespaces and connects them."""
    _configure(None, *(f"netns add {name}" for name in list_namespaces(layout)))
    _configure(
        layout.name,
        "link set lo up",
        "link add fabric type bridge",
        f"address add {CONTROL_PLANE}/24 dev fabric",
        "link set fabric up",
    )
    for node in layout.nodes:
        _connect(layout, node)


def list_namespaces(layout: Layout) -> list[str]:
    """Lists the network namespaces."""
    return [layout.name, *(node.namespace for node in layout.nodes)]


def _connect(layout: Layout, node: Node) -> None:
    _configure(
        layout.name,
        f"link add {node.name} type veth peer name eth0 netns {node.namespace}",
        f"link set {node.name} master fabric up",
        f"route add {node.pods} via {node.address}",
    )
    others = [other for other in layout.nodes if other != node]
    _configure(
        node.namespace,
        "link set lo up",
        f"address add {node.address}/24 dev eth0",
        "link set eth0 up",
        # A process of the node itself reaches a Service's address only if there is a route for it.
        f"route add default via {CONTROL_PLANE}",
        *(f"route add {other.pods} via {other.address}" for other in others),
    )
    run(*enter(node.namespace, "sysctl", "-qw", *_KERNEL))


def _configure(namespace: str | None, *lines: str) -> None:
    where = ["-n", namespace] if namespace else []
    run("ip", *where, "-batch", "-", text="\n".join(lines))
