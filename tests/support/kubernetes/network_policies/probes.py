"""Asks pods what they reach."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.support.kubernetes.cluster import Cluster

OPEN, CLOSED, NO_NAME = "open", "closed", "no name"
_MANIFEST = Path(__file__).parent / "probe.yaml"
_PROGRAM = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor

def probe(target):
    host, port = target.rsplit(":", 1)
    try:
        address = socket.getaddrinfo(host, None, socket.AF_INET)[0][4][0]
    except OSError:
        return "no name"
    try:
        socket.create_connection((address, int(port)), timeout=2).close()
    except OSError:
        return "closed"
    return "open"

targets = sys.argv[1:]
with ThreadPoolExecutor() as pool:
    print(json.dumps(dict(zip(targets, pool.map(probe, targets)))))
"""


@dataclass(frozen=True)
class Place:
    """Where connections are tried from: a pod, or one of a deployment's, and its namespace."""

    namespace: str
    name: str

    def probe(self, cluster: Cluster, targets: Sequence[str]) -> dict[str, str]:
        """Tries to connect to each HOST:PORT; returns `open`, `closed` or `no name` for each."""
        answer = cluster.kubectl(
            "--namespace", self.namespace, "exec", self.name, "--",
            "python", "-c", _PROGRAM, *targets,
        )  # fmt: skip
        found: dict[str, str] = json.loads(answer)
        return found


def start_pod(cluster: Cluster, namespace: str, release: str, component: str = "other") -> Place:
    """Starts a pod that waits, labelled as a component of a release."""
    template = Template(_MANIFEST.read_text(encoding="utf-8"))
    text = template.substitute(namespace=namespace, release=release, component=component)
    cluster.kubectl("apply", "--filename=-", text=text)
    place = Place(namespace, f"pod/probe-{component}")
    cluster.kubectl(
        "--namespace", namespace, "wait", "--for=condition=Ready", place.name, "--timeout=240s"
    )
    return place
