"""Settings fail at the door, in one line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import Field

from baton_common.settings import SettingsError
from baton_registry.errors import RegistryMisconfigured, RegistryUnavailable
from baton_registry.setting_types import Host, format_url_host
from baton_registry.settings import RegistrySettings, load_settings
from baton_registry.versions.signing import generate_key_pair, parse_trusted_keys


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing set, or set to nothing, the contract's defaults hold."""
    monkeypatch.setenv("BATON_ALIAS", "")
    for name in ("MLFLOW_TRACKING_URI", "BATON_MODEL_NAME"):
        monkeypatch.delenv(name, raising=False)

    settings = load_settings(RegistrySettings)

    assert settings.tracking_uri == "http://127.0.0.1:5000"
    assert (settings.model_name, settings.alias) == ("churn_model", "production")


def test_a_bad_value_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the variable, the value and what is allowed."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///x")

    with pytest.raises(SettingsError) as caught:
        load_settings(RegistrySettings)
    assert str(caught.value) == (
        "MLFLOW_TRACKING_URI='sqlite:///x': an http:// or https:// address, "
        "e.g. http://127.0.0.1:5000"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[
            ("MLFLOW_TRACKING_URI", f"http://{at}")
            for at in ("", "h:abc", "h:99999", "[b", "a b", "-a.é")
        ],
        *[("BATON_ALIAS", alias) for alias in ("a b", "latest", "Latest", "v1", "V22", "a/b")],
        *[("BATON_MODEL_NAME", model) for model in ("a/b", "a:b", "..")],
    ],
)
def test_what_cannot_work_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Addresses that are none, and names that MLflow refuses or keeps for itself, end at once."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name):
        load_settings(RegistrySettings)


@pytest.mark.parametrize("model", ["acme.churn", "o'brien", "100% x", "kündigung"])
def test_odd_names_that_mlflow_takes_are_taken(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    """A name that the registry allows is no reason to refuse."""
    monkeypatch.setenv("BATON_MODEL_NAME", model)

    assert load_settings(RegistrySettings).model_name == model


class WithPort(RegistrySettings):
    """Settings with a port and an address to listen on."""

    port: int = Field(8000, validation_alias="BATON_PORT")
    host: Host = Field("127.0.0.1", validation_alias="BATON_HOST")


@pytest.mark.parametrize("address", ["tcp://10.96.0.7:8000", "udp://[fd00::7]:8000"])
def test_a_service_link_of_kubernetes_is_named(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """A Service named `baton` sets BATON_PORT; the line says so, and what to do."""
    monkeypatch.setenv("BATON_SERVICE_HOST", "10.96.0.7")
    monkeypatch.setenv("BATON_PORT_8000_TCP_ADDR", "10.96.0.7")
    assert load_settings(WithPort).port == 8000
    monkeypatch.setenv("BATON_PORT", address)
    with pytest.raises(SettingsError, match=r"^BATON_PORT=.*enableServiceLinks"):
        load_settings(WithPort)


@pytest.mark.parametrize(("given", "host"), [("[::1]", "::1"), ("::", "::"), ("box", "box")])
def test_a_host_may_be_in_brackets(monkeypatch: pytest.MonkeyPatch, given: str, host: str) -> None:
    """IPv6 as in a URL is what it is without brackets; a URL has the brackets."""
    monkeypatch.setenv("BATON_HOST", given)
    assert load_settings(WithPort).host == host
    assert format_url_host("::1") == "[::1]"
    assert format_url_host("box") == "box"


@pytest.mark.parametrize("given", ["http://box", "[::1]:8000", "[]", "a b"])
def test_what_is_no_host_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """A whole address is not a host."""
    monkeypatch.setenv("BATON_HOST", given)
    with pytest.raises(SettingsError, match="BATON_HOST"):
        load_settings(WithPort)


class WithSecret(RegistrySettings):
    """Settings with a secret that must be long."""

    secret: str = Field("", min_length=8, validation_alias="BATON_WEBHOOK_SECRET")


def test_secrets_come_from_files_and_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`NAME_FILE` names a file to read; a bad secret's error does not tell the secret."""
    file = tmp_path / "secret"
    file.write_text("long enough\n")
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", str(file))
    assert load_settings(WithSecret).secret == "long enough"

    monkeypatch.setenv("HOME", str(tmp_path))  # no shell expands what an .env file says
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", "~/secret")
    file.write_bytes(b"\xef\xbb\xbflong enough\r\n")  # as editors of Windows write it
    assert load_settings(WithSecret).secret == "long enough"

    file.write_text("short")  # and so it is with anything called a secret
    with pytest.raises(SettingsError, match=r"^BATON_WEBHOOK_SECRET=\*\*\*: "):
        load_settings(WithSecret)
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(WithSecret)


def test_trusted_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Public keys, several at a time, from the variable or a file; what is none is refused."""
    public = [generate_key_pair()[1] for _ in range(2)]
    monkeypatch.setenv("BATON_TRUSTED_KEYS", ",".join(public))
    assert load_settings(RegistrySettings).trusted_keys == parse_trusted_keys(" ".join(public))

    monkeypatch.setenv("BATON_TRUSTED_KEYS", generate_key_pair()[0])
    with pytest.raises(SettingsError, match=r"^BATON_TRUSTED_KEYS=\*\*\*: Ed25519 public keys"):
        load_settings(RegistrySettings)


def test_credentials_are_both_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """MLflow's own variables, the password from a file, too; it is never shown."""
    (tmp_path / "password").write_text("hush\n")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "reader")
    assert load_settings(RegistrySettings).auth is None
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD_FILE", str(tmp_path / "password"))
    settings = load_settings(RegistrySettings)
    assert settings.auth == ("reader", "hush")
    assert "hush" not in repr(settings)


@pytest.fixture
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """MLflow's file of credentials in a home of its own, not written yet."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("USERNAME", "PASSWORD", "PASSWORD_FILE"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{name}", raising=False)
    (tmp_path / ".mlflow").mkdir()
    return tmp_path / ".mlflow" / "credentials"


def test_credentials_may_be_in_mlflows_file(
    credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the two where the environment does not have it, as MLflow's client reads them."""
    assert load_settings(RegistrySettings).auth is None
    credentials.write_text("[other]\nmlflow_tracking_username = x\n")
    assert load_settings(RegistrySettings).auth is None
    credentials.write_text(
        "[mlflow]\nmlflow_tracking_username = me\nmlflow_tracking_password = 5%%\n"
    )
    assert load_settings(RegistrySettings).auth == ("me", "5%")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "other")
    assert load_settings(RegistrySettings).auth == ("other", "5%")


@pytest.mark.parametrize(
    "content", [b"hush", b"[mlflow]\nmlflow_tracking_password = hush%", b"\xff\xfe[m"]
)
def test_a_file_that_mlflow_cannot_read_is_one_line(credentials: Path, content: bytes) -> None:
    """It names the file, and shows nothing of it."""
    credentials.write_bytes(content)
    with pytest.raises(SettingsError, match=r"\.mlflow/credentials: ") as caught:
        load_settings(RegistrySettings)
    assert "hush" not in str(caught.value)


def test_a_token_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the line's end; what no header can carry is refused, and not shown."""
    (tmp_path / "token").write_text("abc\n")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN_FILE", str(tmp_path / "token"))
    settings = load_settings(RegistrySettings)
    assert settings.connection.token == "abc"
    assert "abc" not in f"{settings!r} {settings.connection!r}"
    for bad in ("a b", "schlüssel", "a\nb"):
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", bad)
        with pytest.raises(SettingsError, match=r"^MLFLOW_TRACKING_TOKEN=\*\*\*: "):
            load_settings(RegistrySettings)


ORBSTACK = "localhost,127.0.0.1,::1,[::1],192.168.0.0/16,fd07:b51a:cc66::/48"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.mark.parametrize("value", ["http://127.0.0.1:1", "socks://127.0.0.1:1", "[", "nonsense:x"])
@pytest.mark.parametrize("exceptions", ["", ORBSTACK, "[::1]", "fd00::/8", "[,]"])
@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_a_registry_that_needs_no_proxy_works_whatever_is_set(
    monkeypatch: pytest.MonkeyPatch, value: str, exceptions: str, change: Callable[[str], str]
) -> None:
    """The variables of proxies end no command whose registry is on this machine."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    for name in PROXIES:
        monkeypatch.setenv(change(name), value)
    monkeypatch.setenv(change("NO_PROXY"), exceptions)
    with (
        load_settings(RegistrySettings).open_registry() as registry,
        pytest.raises(RegistryUnavailable) as caught,
    ):
        registry.get_model_tags("m")
    assert "refused" in str(caught.value)
    assert "proxy" not in str(caught.value)


def test_a_registry_that_needs_one_is_asked_through_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the proxy is away, or is none, one line names it."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://192.0.2.1:5000")
    for name in ("http_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://me:secret@127.0.0.1:1")
    with (
        load_settings(RegistrySettings).open_registry() as registry,
        pytest.raises(RegistryUnavailable) as caught,
    ):
        registry.get_model_tags("m")
    assert "proxy http://127.0.0.1:1 (HTTP_PROXY)" in str(caught.value)
    monkeypatch.setenv("HTTP_PROXY", "socks://127.0.0.1:1")
    with pytest.raises(RegistryMisconfigured, match="HTTP_PROXY"):
        load_settings(RegistrySettings).open_registry()
