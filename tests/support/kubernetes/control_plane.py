"""The control plane: etcd, the API server, its controllers, the scheduler, and DNS."""

from collections.abc import Callable
from pathlib import Path

from tests.support.kubernetes.commands import start_daemon, wait_for
from tests.support.kubernetes.layout import (
    CONTROL_PLANE,
    SERVICES,
    Layout,
    write_configuration,
)

_START_LIMIT_S = 90.0


def start_control_plane(layout: Layout, programs: Path, kubectl: Callable[..., str]) -> None:
    """Starts it and waits until the API server is ready.

    Args:
        layout: the cluster, with its accounts.
        programs: folder of the programs.
        kubectl: runs kubectl.
    """
    state = layout.state

    def start(program: str, *options: str) -> None:
        log = state / "logs" / f"{program}.log"
        start_daemon(log, layout.name, programs / program, *options)

    start("etcd", *_list_etcd_options(layout))
    start("kube-apiserver", *_list_api_options(layout))
    log = state / "logs" / "kube-apiserver.log"
    wait_for(lambda: kubectl("get", "--raw", "/readyz"), _START_LIMIT_S, "the API server", log)
    start(
        "kube-controller-manager",
        f"--kubeconfig={state}/controller-manager.conf",
        f"--root-ca-file={state}/pki/apiserver.crt",
        f"--service-account-private-key-file={state}/accounts.key",
        "--use-service-account-credentials",
        "--leader-elect=false",
    )
    start("kube-scheduler", f"--kubeconfig={state}/scheduler.conf", "--leader-elect=false")
    corefile = state / "Corefile"
    write_configuration("Corefile", corefile, {"control_plane": CONTROL_PLANE, "state": state})
    start("coredns", "-conf", str(corefile))


def _list_etcd_options(layout: Layout) -> list[str]:
    clients, peers = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
    return [
        f"--data-dir={layout.state}/etcd",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        "--unsafe-no-fsync",  # the cluster is thrown away
        "--log-level=warn",
    ]


def _list_api_options(layout: Layout) -> list[str]:
    state = layout.state
    return [
        "--etcd-servers=http://127.0.0.1:2379",
        f"--cert-dir={state}/pki",
        f"--advertise-address={CONTROL_PLANE}",
        f"--service-cluster-ip-range={SERVICES}",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={state}/accounts.key",
        f"--service-account-signing-key-file={state}/accounts.key",
        f"--token-auth-file={state}/tokens.csv",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--kubelet-preferred-address-types=InternalIP",
    ]
