"""Settings fail at the door, in one line."""

from pathlib import Path

import pytest
from pydantic import Field

from baton_registry.settings import RegistrySettings, SettingsError, load
from baton_registry.versions.signing import new_key_pair, parse_trusted_keys


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing set, or set to nothing, the contract's defaults hold."""
    monkeypatch.setenv("BATON_ALIAS", "")
    for name in ("MLFLOW_TRACKING_URI", "BATON_MODEL_NAME"):
        monkeypatch.delenv(name, raising=False)

    settings = load(RegistrySettings)

    assert settings.tracking_uri == "http://127.0.0.1:5000"
    assert (settings.model_name, settings.alias) == ("churn_model", "production")


def test_a_bad_value_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the variable, the value and what is allowed."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///x")

    with pytest.raises(SettingsError) as caught:
        load(RegistrySettings)
    assert str(caught.value) == (
        "MLFLOW_TRACKING_URI='sqlite:///x': an http:// or https:// address, "
        "e.g. http://127.0.0.1:5000"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("MLFLOW_TRACKING_URI", f"http://{at}") for at in ("", "h:abc", "h:99999", "[b", "a b")],
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
        load(RegistrySettings)


@pytest.mark.parametrize("model", ["acme.churn", "o'brien", "100% x", "kündigung"])
def test_odd_names_that_mlflow_takes_are_taken(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    """A name that the registry allows is no reason to refuse."""
    monkeypatch.setenv("BATON_MODEL_NAME", model)

    assert load(RegistrySettings).model_name == model


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
    assert load(WithSecret).secret == "long enough"

    monkeypatch.setenv("HOME", str(tmp_path))  # no shell expands what an .env file says
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", "~/secret")
    file.write_bytes(b"\xef\xbb\xbflong enough\r\n")  # as editors of Windows write it
    assert load(WithSecret).secret == "long enough"

    file.write_text("short")  # and so it is with anything called a secret
    with pytest.raises(SettingsError, match=r"^BATON_WEBHOOK_SECRET=\*\*\*: "):
        load(WithSecret)
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="cannot be read"):
        load(WithSecret)


def test_trusted_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Public keys, several at a time, from the variable or a file; what is none is refused."""
    public = [new_key_pair()[1] for _ in range(2)]
    monkeypatch.setenv("BATON_TRUSTED_KEYS", ",".join(public))
    assert load(RegistrySettings).trusted_keys == parse_trusted_keys(" ".join(public))

    monkeypatch.setenv("BATON_TRUSTED_KEYS", new_key_pair()[0])
    with pytest.raises(SettingsError, match=r"^BATON_TRUSTED_KEYS=\*\*\*: Ed25519 public keys"):
        load(RegistrySettings)


def test_credentials_are_both_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """MLflow's own variables, the password from a file, too; it is never shown."""
    (tmp_path / "password").write_text("hush\n")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "reader")
    assert load(RegistrySettings).auth is None
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD_FILE", str(tmp_path / "password"))
    settings = load(RegistrySettings)
    assert settings.auth == ("reader", "hush")
    assert "hush" not in repr(settings)
