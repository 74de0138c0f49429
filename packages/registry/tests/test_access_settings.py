"""Settings of the access to the registry: credentials, token and proxy."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from baton_common.settings import SettingsError
from baton_registry.errors import RegistryMisconfigured, RegistryUnavailable
from baton_registry.settings import RegistrySettings, load_settings


def test_credentials_need_username_and_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The password is never shown."""
    (tmp_path / "password").write_text("hush\n")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "reader")
    assert load_settings(RegistrySettings).auth is None
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD_FILE", str(tmp_path / "password"))
    settings = load_settings(RegistrySettings)
    assert settings.auth == ("reader", "hush")
    assert "hush" not in repr(settings)


@pytest.fixture
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of MLflow's credentials file in a temporary home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("USERNAME", "PASSWORD", "PASSWORD_FILE"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{name}", raising=False)
    (tmp_path / ".mlflow").mkdir()
    return tmp_path / ".mlflow" / "credentials"


def test_credentials_from_mlflows_file(credentials: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment wins for each of the two."""
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
def test_invalid_credentials_file_is_one_line(credentials: Path, content: bytes) -> None:
    """The line names the file and shows nothing of it."""
    credentials.write_bytes(content)
    with pytest.raises(SettingsError, match=r"\.mlflow/credentials: ") as caught:
        load_settings(RegistrySettings)
    assert "hush" not in str(caught.value)


def test_token_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A token that is not valid in a header is rejected, and not shown."""
    (tmp_path / "token").write_text("abc\n")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN_FILE", str(tmp_path / "token"))
    settings = load_settings(RegistrySettings)
    assert settings.access.token == "abc"
    assert "abc" not in f"{settings!r} {settings.access!r}"
    for bad in ("a b", "schlüssel", "a\nb"):
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", bad)
        with pytest.raises(SettingsError, match=r"^MLFLOW_TRACKING_TOKEN=\*\*\*: "):
            load_settings(RegistrySettings)


ORBSTACK = "localhost,127.0.0.1,::1,[::1],192.168.0.0/16,fd07:b51a:cc66::/48"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.mark.parametrize("value", ["http://127.0.0.1:1", "socks://127.0.0.1:1", "[", "nonsense:x"])
@pytest.mark.parametrize("exceptions", ["", ORBSTACK, "[::1]", "fd00::/8", "[,]"])
@pytest.mark.parametrize("change", [str.upper, str.lower])
def test_invalid_proxy_is_ignored_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, value: str, exceptions: str, change: Callable[[str], str]
) -> None:
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


def test_proxy_is_used_and_named_in_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://192.0.2.1:5000")
    for name in ("http_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://me:secret@127.0.0.1:1")
    with (
        load_settings(RegistrySettings).open_registry() as registry,
        pytest.raises(RegistryUnavailable) as caught,
    ):
        registry.get_model_tags("m")
    assert "the proxy is http://127.0.0.1:1 (HTTP_PROXY)" in str(caught.value)
    monkeypatch.setenv("HTTP_PROXY", "socks://127.0.0.1:1")
    with pytest.raises(RegistryMisconfigured, match="HTTP_PROXY"):
        load_settings(RegistrySettings).open_registry()


def test_settings_say_how_long_an_answer_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server accepts connections and stays silent."""

    class HastySettings(RegistrySettings):
        answer_s = 0.1

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with (
            load_settings(HastySettings).open_registry() as registry,
            pytest.raises(RegistryUnavailable, match="timed out"),
        ):
            registry.get_model_tags("m")
