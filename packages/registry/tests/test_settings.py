"""Settings fail at the door, in one line."""

from pathlib import Path

import pytest
from pydantic import Field

from baton_registry.settings import RegistrySettings, SettingsError, load


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
        "MLFLOW_TRACKING_URI='sqlite:///x': an http:// or https:// address"
    )


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

    file.write_text("short")
    with pytest.raises(SettingsError, match=r"^BATON_WEBHOOK_SECRET=\*\*\*: "):
        load(WithSecret)
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="cannot be read"):
        load(WithSecret)
