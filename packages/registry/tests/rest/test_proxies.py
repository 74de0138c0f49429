"""The choice of the proxy."""

import pytest

from baton_registry.errors import RegistryMisconfigured
from baton_registry.rest.proxies import choose_proxy

PROXY = "http://proxy:3128"
ORBSTACK = "localhost,127.0.0.1,::1,[::1],192.168.0.0/16,fd07:b51a:cc66::/48,.orb.local"


@pytest.mark.parametrize(
    ("uri", "exceptions"),
    [
        ("http://127.0.0.1:5000", ""),
        ("http://127.9.9.9:5000", ""),
        ("http://localhost:5000", ""),
        ("http://[::1]:5000", ""),
        ("http://mlflow:5000", "*"),
        ("http://mlflow:5000", "intranet, MLFLOW"),
        ("http://mlflow:5000", "mlflow:5000"),
        ("http://mlflow.orb.local:5000", ORBSTACK),
        ("http://a.intranet", ".intranet"),
        ("http://a.intranet", "intranet:80"),
        ("http://192.168.3.4:5000", ORBSTACK),
        ("http://192.168.3.4:5000", "192.168.3.4"),
        ("http://[fd07:b51a:cc66::7]:5000", ORBSTACK),
        ("http://[fd07:b51a:cc66::7]:5000", "[fd07:b51a:cc66::/48]"),
        ("http://[fd07:b51a:cc66::7]:5000", "[fd07:b51a:cc66::]/48"),
        ("http://[fd07::7]:5000", "[fd07::7]:5000"),
        ("http://[fd07::7]:5000", "fd07:0::7"),
    ],
)
@pytest.mark.parametrize("proxy", [PROXY, "socks://no.such.scheme:1080", "[", "http://", "%"])
def test_no_proxy_for_this_machine_and_exceptions(uri: str, exceptions: str, proxy: str) -> None:
    """Also if the proxy variable is invalid."""
    assert choose_proxy(uri, {"http": proxy, "all": proxy, "no": exceptions}) is None


@pytest.mark.parametrize(
    "exceptions",
    ["", ORBSTACK, "[", "]", "[::1", "::/xyz", ":", "low", "mlflow:81", "1.2.3.4/99", "%,@,//"],
)
def test_proxy_for_other_hosts(exceptions: str) -> None:
    """Exceptions for other hosts and invalid exceptions are ignored."""
    proxy = choose_proxy("http://mlflow.low.net:5000", {"http": PROXY, "no": exceptions})
    assert proxy is not None
    assert (proxy.url, proxy.variable) == (PROXY, "HTTP_PROXY")


def test_scheme_selects_the_variable() -> None:
    """ALL_PROXY is the fallback. A proxy without a scheme is http."""
    proxies = {"https": "secure:1", "all": "other:2"}
    assert [
        (proxy.url, proxy.variable)
        for uri in ("https://mlflow", "http://mlflow")
        if (proxy := choose_proxy(uri, proxies))
    ] == [("http://secure:1", "HTTPS_PROXY"), ("http://other:2", "ALL_PROXY")]
    assert choose_proxy("http://mlflow", {"https": PROXY}) is None


@pytest.mark.parametrize(
    "value",
    [
        "socks://proxy:1",
        "socks4://proxy:1",
        "ftp://proxy",
        "[",
        "http://",
        "http://a b",
        "h:port",
        "http://a\x00b",
    ],
)
def test_invalid_proxy_is_one_line(value: str) -> None:
    """The line names the variable and NO_PROXY."""
    with pytest.raises(RegistryMisconfigured, match=r"^HTTP_PROXY='.*NO_PROXY$"):
        choose_proxy("http://mlflow:5000", {"http": value})


def test_socks_proxy_needs_socksio() -> None:
    """Httpx itself raises an ImportError."""
    with pytest.raises(RegistryMisconfigured, match="socksio"):
        choose_proxy("http://mlflow:5000", {"all": "socks5h://proxy:1080"})


def test_proxy_password_is_not_shown() -> None:
    """Neither for a valid proxy nor in an error."""
    proxy = choose_proxy("http://mlflow", {"http": "http://me:secret@proxy:1"})
    assert proxy is not None
    assert proxy.description == "http://proxy:1 (HTTP_PROXY)"
    with pytest.raises(RegistryMisconfigured) as caught:
        choose_proxy("http://mlflow", {"http": "socks://me:secret@proxy:1"})
    assert "secret" not in str(caught.value)
