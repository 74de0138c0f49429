"""Accounts: each component signs in to the API server by its own token."""

import secrets

from tests.support.kubernetes.commands import run
from tests.support.kubernetes.layout import CONTROL_PLANE, Layout, write_configuration


def create_accounts(layout: Layout) -> None:
    """Writes the API server's list of tokens, and a kubeconfig for each account.

    No certificate authority is needed: the API server creates its own certificate, and every
    kubeconfig trusts exactly that one.
    """
    accounts = [
        ("admin", "admin", "system:masters"),
        ("coredns", "coredns", "system:masters"),
        ("controller-manager", "system:kube-controller-manager", ""),
        ("scheduler", "system:kube-scheduler", ""),
        ("proxy", "system:kube-proxy", ""),
        *((node.name, f"system:node:{node.name}", "system:nodes") for node in layout.nodes),
    ]
    layout.state.mkdir(parents=True, mode=0o700)
    lines = []
    for name, user, group in accounts:
        token = secrets.token_hex(16)
        lines.append(f'{token},{user},{name},"{group}"\n')
        values = {"control_plane": CONTROL_PLANE, "state": layout.state, "token": token}
        write_configuration("account.yaml", layout.state / f"{name}.conf", values)
    (layout.state / "tokens.csv").write_text("".join(lines), encoding="utf-8")
    # It signs the tokens of service accounts.
    run("openssl", "genrsa", "-out", layout.state / "accounts.key", "2048")
