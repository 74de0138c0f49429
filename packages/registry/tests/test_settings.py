"""Registry settings."""

from pathlib import Path

import pytest
from pydantic import Field

from baton_common.settings import SettingsError
from baton_registry.setting_types import Host
from baton_registry.settings import RegistrySettings, load_settings
from baton_registry.versions.keys import generate_key_pair, parse_trusted_keys


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """For unset and empty variables."""
    monkeypatch.setenv("BATON_ALIAS", "")
    for name in ("MLFLOW_TRACKING_URI", "BATON_MODEL_NAME"):
        monkeypatch.delenv(name, raising=False)

    settings = load_settings(RegistrySettings)

    assert settings.tracking_uri == "http://127.0.0.1:5000"
    assert (settings.model_name, settings.alias) == ("churn_model", "production")


def test_invalid_value_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the variable, the value and what is allowed."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///x")

    with pytest.raises(SettingsError) as caught:
        load_settings(RegistrySettings)
    assert str(caught.value) == (
        "MLFLOW_TRACKING_URI='sqlite:///x': must be an http:// or https:// URL, "
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
def test_invalid_values_are_rejected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Invalid addresses, and names that MLflow rejects or reserves."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name):
        load_settings(RegistrySettings)


@pytest.mark.parametrize("model", ["acme.churn", "o'brien", "100% x", "kündigung"])
def test_unusual_model_names_are_allowed(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    """MLflow allows them."""
    monkeypatch.setenv("BATON_MODEL_NAME", model)

    assert load_settings(RegistrySettings).model_name == model


class WithPort(RegistrySettings):
    """Settings with a port and an address to listen on."""

    port: int = Field(8000, validation_alias="BATON_PORT")
    host: Host = Field("127.0.0.1", validation_alias="BATON_HOST")


@pytest.mark.parametrize("address", ["tcp://10.96.0.7:8000", "udp://[fd00::7]:8000"])
def test_kubernetes_service_link_is_explained(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """A Service named `baton` sets BATON_PORT."""
    monkeypatch.setenv("BATON_SERVICE_HOST", "10.96.0.7")
    monkeypatch.setenv("BATON_PORT_8000_TCP_ADDR", "10.96.0.7")
    assert load_settings(WithPort).port == 8000
    monkeypatch.setenv("BATON_PORT", address)
    with pytest.raises(SettingsError, match=r"^BATON_PORT=.*enableServiceLinks"):
        load_settings(WithPort)


@pytest.mark.parametrize(("text", "host"), [("[::1]", "::1"), ("::", "::"), ("box", "box")])
def test_host_may_have_brackets(monkeypatch: pytest.MonkeyPatch, text: str, host: str) -> None:
    monkeypatch.setenv("BATON_HOST", text)
    assert load_settings(WithPort).host == host


@pytest.mark.parametrize("text", ["http://box", "[::1]:8000", "[]", "a b"])
def test_invalid_host_is_rejected(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("BATON_HOST", text)
    with pytest.raises(SettingsError, match="BATON_HOST"):
        load_settings(WithPort)


class WithSecret(RegistrySettings):
    """Settings with a secret that must be long."""

    secret: str = Field("", min_length=8, validation_alias="BATON_WEBHOOK_SECRET")


def test_secrets_are_read_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An error does not show the secret."""
    file = tmp_path / "secret"
    file.write_text("long enough\n")
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", str(file))
    assert load_settings(WithSecret).secret == "long enough"

    monkeypatch.setenv("HOME", str(tmp_path))  # no shell expands an .env file
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", "~/secret")
    file.write_bytes(b"\xef\xbb\xbflong enough\r\n")  # as Windows editors write it
    assert load_settings(WithSecret).secret == "long enough"

    file.write_text("short")
    with pytest.raises(SettingsError, match=r"^BATON_WEBHOOK_SECRET=\*\*\*: "):
        load_settings(WithSecret)
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(WithSecret)


def test_trusted_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Several public keys; invalid keys are rejected."""
    public = [generate_key_pair()[1] for _ in range(2)]
    monkeypatch.setenv("BATON_TRUSTED_KEYS", ",".join(public))
    assert load_settings(RegistrySettings).trusted_keys == parse_trusted_keys(" ".join(public))

    monkeypatch.setenv("BATON_TRUSTED_KEYS", generate_key_pair()[0])
    with pytest.raises(
        SettingsError, match=r"^BATON_TRUSTED_KEYS=\*\*\*: must be Ed25519 public keys"
    ):
        load_settings(RegistrySettings)
