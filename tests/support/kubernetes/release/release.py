"""A release of the chart on a cluster, and an operator's commands."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.support.kubernetes.cluster import COMMAND_LIMIT_S, Cluster
from tests.support.kubernetes.commands import ROOT, ClusterError, run
from tests.support.kubernetes.images import ctr
from tests.support.rig.process import SLOWDOWN, wait_until

CHART = ROOT / "deploy" / "helm" / "baton"
NAME, NAMESPACE = "baton", "serving"
MODEL = "churn_model"
TRACKING_PORT = 5000
INFERENCE = f"deployment/{NAME}-inference"
CONTROLLER = f"deployment/{NAME}-controller"
TRACKING = f"deployment/{NAME}-tracking"
REPLICAS = 3
LIMIT_S = 60.0
"""Of each wait: many times what a quiet machine needs."""
TIMEOUT = f"--timeout={SLOWDOWN * LIMIT_S:.0f}s"
"""The same on a shared machine, for helm and kubectl."""

Pod = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """The release, in a namespace that admits only pods of the level `restricted`."""

    cluster: Cluster

    def kubectl(self, *arguments: str, text: str = "", limit_s: float = COMMAND_LIMIT_S) -> str:
        """Runs kubectl in the release's namespace."""
        return self.cluster.kubectl(
            "--namespace", NAMESPACE, *arguments, text=text, limit_s=limit_s
        )

    @property
    def caller_namespace(self) -> str:
        """The network namespace of callers: node 1."""
        return self.cluster.layout.nodes[0].namespace

    def helm(self, *arguments: str) -> str:
        """Runs helm in the release's namespace."""
        return self.cluster.helm("--namespace", NAMESPACE, *arguments)

    def check(self) -> None:
        """Runs `helm test`; the error has the log of its pod."""
        try:
            self.helm("test", NAME, TIMEOUT)
        except ClusterError as error:
            error.add_note(self.kubectl("logs", f"pod/{NAME}-test"))
            raise

    def baton(self, *arguments: str) -> str:
        """Runs a verb in the controller's pod, as the chart's notes say."""
        return self.kubectl("exec", CONTROLLER, "--", "baton", *arguments)

    def find_address(self, service: str) -> str:
        """Returns the address of a Service, which stays as long as the Service."""
        return self.kubectl("get", "service", service, "--output=jsonpath={.spec.clusterIP}")

    def list_pods(self, component: str = "inference") -> list[Pod]:
        """Lists the pods of a component, those that terminate included."""
        selector = f"--selector=app.kubernetes.io/component={component}"
        pods: list[Pod] = json.loads(self.kubectl("get", "pods", selector, "--output=json"))[
            "items"
        ]
        return pods

    def list_nodes(self) -> set[str]:
        """Lists the nodes that have pods of inference."""
        return {pod["spec"]["nodeName"] for pod in self.list_pods()}

    def scale(self, deployment: str, replicas: int) -> None:
        """Sets the number of pods, without waiting."""
        self.kubectl("scale", deployment, f"--replicas={replicas}")

    def wait_until_rolled(self) -> None:
        """Waits until all pods of inference are of the newest template and ready."""
        self.kubectl("rollout", "status", INFERENCE, TIMEOUT)

    def settle(self, replicas: int = REPLICAS) -> None:
        """Waits until there are exactly so many pods of inference, all ready, none terminating."""

        def is_settled() -> bool:
            pods = self.list_pods()
            return len(pods) == replicas and all(is_ready(pod) for pod in pods)

        self.wait_until(is_settled, f"{replicas} ready pods")

    def wait_until(self, is_true: Callable[[], bool], what: str) -> None:
        """Waits for a condition that asks the cluster, which shares the cores."""

        def check() -> bool:
            time.sleep(0.3)
            return is_true()

        wait_until(check, LIMIT_S, what)

    def kill_server(self, pod: Pod) -> None:
        """Kills the server's process of a pod, as the kernel does when memory runs out."""
        [container] = pod["status"]["containerStatuses"]
        identity = container["containerID"].removeprefix("containerd://")
        [node] = [
            each for each in self.cluster.layout.nodes if each.name == pod["spec"]["nodeName"]
        ]
        tasks = [line.split() for line in run(*ctr(node.socket), "tasks", "ls").splitlines()]
        [pid] = [int(task[1]) for task in tasks if task[0] == identity]
        os.kill(pid, signal.SIGKILL)

    def describe(self) -> str:
        """Describes the pods, with the end of their logs, for a test that fails."""
        commands: Iterable[tuple[str, ...]] = (
            ("get", "pods", "--output=wide"),
            ("get", "events", "--sort-by=.lastTimestamp"),
            ("logs", "--selector=app.kubernetes.io/name=baton", "--prefix", "--tail=15"),
        )
        texts = []
        for command in commands:
            try:
                texts.append(self.kubectl(*command, limit_s=20)[-5000:])
            except ClusterError as error:
                texts.append(str(error))
        return "\n".join(texts)


def is_ready(pod: Pod) -> bool:
    """Whether a pod is ready and does not terminate."""
    conditions = {each["type"]: each["status"] for each in pod["status"].get("conditions", [])}
    return conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]
