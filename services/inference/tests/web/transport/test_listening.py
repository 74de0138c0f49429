"""The listening socket, with real connections."""

import socket

import pytest

from baton_common.settings import SettingsError
from baton_inference.web.transport import listening
from baton_inference.web.transport.listening import check_grpc, listen

needs_ipv6 = pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 on this machine")


def is_reachable(host: str, address: str) -> bool:
    """Whether a connection to the address reaches a listener on the host."""
    with listen(host, 0) as listener:
        port = listener.getsockname()[1]
        try:
            socket.create_connection((address, port), timeout=5).close()
        except OSError:
            return False
    return True


@pytest.mark.parametrize(
    ("host", "address", "expected"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True),
        ("0.0.0.0", "127.0.0.1", True),
        pytest.param("::", "127.0.0.1", True, marks=needs_ipv6),
        pytest.param("0:0::0", "127.0.0.1", True, marks=needs_ipv6),
        pytest.param("::", "::1", True, marks=needs_ipv6),
        pytest.param("::1", "::1", True, marks=needs_ipv6),
        pytest.param("::1", "127.0.0.1", False, marks=needs_ipv6),
    ],
)
def test_listening_addresses(host: str, address: str, expected: bool) -> None:  # noqa: FBT001
    """`::` listens on all addresses, IPv4 included; any other host only on its own."""
    assert is_reachable(host, address) is expected


def test_grpc_without_its_packages_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the extra that has them."""
    check_grpc("127.0.0.1", 0)
    monkeypatch.setattr(listening, "GRPC_PACKAGES", ("grpc", "not_installed"))
    with pytest.raises(SettingsError, match=r"BATON_GRPC_PORT=8001: .*baton-inference\[grpc\]$"):
        check_grpc("127.0.0.1", 8001)
