"""Enforces NetworkPolicies on every node of a cluster.

The engine, sigs.k8s.io/kube-network-policies, decides about the first packet of each connection.
A rule of iptables hands it these packets: the rule of nftables that it makes itself needs a kernel
with CONFIG_NFT_QUEUE.
"""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.kubernetes.cluster import Cluster
from tests.support.kubernetes.commands import enter, run
from tests.support.kubernetes.layout import Node
from tests.support.rig.process import wait_until

# Packets that a node forwards. Its own are not asked about, so the kubelet reaches every probe.
RULE = (
    "FORWARD",
    *("--match", "conntrack", "--ctstate", "NEW"),
    *("--jump", "NFQUEUE", "--queue-num", "100"),
)
_QUEUES = "/proc/net/netfilter/nfnetlink_queue"
_START_LIMIT_S = 30.0


@contextmanager
def enforce_policies(cluster: Cluster) -> Iterator[None]:
    """Runs the engine on every node. Connections that are open already stay open."""
    with ExitStack() as stack:
        for node in cluster.layout.nodes:
            stack.enter_context(_run_engine(cluster, node))
        yield


@contextmanager
def _run_engine(cluster: Cluster, node: Node) -> Iterator[None]:
    kubeconfig = cluster.layout.state / "admin.conf"
    command = enter(node.namespace, cluster.programs / "policies", kubeconfig, node.name)
    log = node.folder / "policies.log"
    with (
        log.open("ab") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as engine,
    ):
        try:
            wait_until(lambda: _listens(node), _START_LIMIT_S, f"the engine: {_read_end(log)}")
            _change_rules(node, "--insert")
            try:
                yield
            finally:
                _change_rules(node, "--delete")
        finally:
            engine.kill()


def _listens(node: Node) -> bool:
    """Whether the engine has opened its queue. A packet without a queue would be dropped."""
    return bool(run(*enter(node.namespace, "cat", _QUEUES)).strip())


def _change_rules(node: Node, verb: str) -> None:
    # In the table mangle, whose verdict is not final: the rules of kube-proxy still apply.
    run(*enter(node.namespace, "iptables", "--wait", "--table", "mangle", verb, *RULE))


def _read_end(log: Path) -> str:
    return log.read_text(errors="replace")[-500:]
