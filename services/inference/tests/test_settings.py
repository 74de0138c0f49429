"""The settings."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from baton_common.settings import SettingsError
from baton_inference.settings import InferenceSettings
from baton_registry.settings import load_settings

NAMES = (
    "MLFLOW_TRACKING_URI",
    "BATON_MODEL_NAME",
    "BATON_ALIAS",
    "BATON_CANARY_ALIAS",
    "BATON_POLL_INTERVAL_S",
    "BATON_TRUSTED_KEYS",
    "BATON_CACHE_DIR",
    "BATON_HOST",
    "BATON_PORT",
    "BATON_GRPC_PORT",
    "BATON_MAX_ROWS",
    "BATON_MAX_BODY_BYTES",
    "BATON_TRACKING_UI_URL",
    "BATON_WEBHOOK_SECRET",
    "BATON_WEBHOOK_SECRET_FILE",
    "BATON_LOG_FORMAT",
    "BATON_API_KEYS_FILE",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_SDK_DISABLED",
    "BATON_PREDICTIONS_DIR",
    "BATON_PREDICTIONS_ROWS_S",
    "BATON_PREDICTIONS_MAX_BYTES",
    "BATON_PREDICTIONS_DAYS",
    "BATON_PREDICTIONS_COLUMNS",
    "BATON_PREDICTIONS_KEY",
    "BATON_PREDICTIONS_KEY_FILE",
    "XDG_CACHE_HOME",
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Removes all settings."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/someone")


def test_defaults() -> None:
    """Without an environment, all settings have their documented defaults."""
    assert load_settings(InferenceSettings).model_dump() == {
        "tracking_uri": "http://127.0.0.1:5000",
        "model_name": "churn_model",
        "alias": "production",
        "canary_alias": "canary",
        "username": "",
        "password": SecretStr(""),
        "token": SecretStr(""),
        "is_insecure": False,
        "server_cert": None,
        "client_cert": None,
        "trusted_keys": (),
        "poll_interval_s": 2.0,
        "cache_dir": Path("/home/someone/.cache/baton"),
        "host": "127.0.0.1",
        "port": 8000,
        "grpc_port": None,
        "max_rows": 10_000,
        "max_body_bytes": 16 * 1024 * 1024,
        "tracking_ui_url": None,
        "webhook_secret": None,
        "api_keys_file": None,
        "shadow_cpu": 0.25,
        "predictions_dir": None,
        "predictions_rows_s": 100.0,
        "predictions_max_bytes": 2**30,
        "predictions_days": 30,
        "predictions_columns": None,
        "predictions_key": None,
        "otlp_endpoint": None,
        "otlp_traces_endpoint": None,
        "otlp_protocol": "http/protobuf",
        "otel_disabled": False,
        "log_format": "auto",
    }


def test_webhook_secret_is_not_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A secret from a file is loaded, and does not appear in `repr`."""
    (tmp_path / "secret").write_text("shh-shh\n")
    monkeypatch.setenv("BATON_WEBHOOK_SECRET_FILE", str(tmp_path / "secret"))
    settings = load_settings(InferenceSettings)
    assert settings.webhook_secret is not None
    assert settings.webhook_secret.get_secret_value() == "shh-shh"
    assert "shh-shh" not in repr(settings)


def test_user_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache folder follows an absolute XDG_CACHE_HOME; `~` expands to the home folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/me")
    assert load_settings(InferenceSettings).cache_dir == Path("/var/cache/me/baton")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert load_settings(InferenceSettings).cache_dir == Path("/home/someone/.cache/baton")
    monkeypatch.setenv("BATON_CACHE_DIR", "~/versions")
    assert load_settings(InferenceSettings).cache_dir == Path("/home/someone/versions")
    monkeypatch.setenv("BATON_API_KEYS_FILE", "~/keys")
    assert load_settings(InferenceSettings).api_keys_file == Path("/home/someone/keys")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db"),
        ("BATON_TRACKING_UI_URL", "mlflow.example"),
        ("BATON_POLL_INTERVAL_S", "0"),
        ("BATON_POLL_INTERVAL_S", "nan"),
        ("BATON_POLL_INTERVAL_S", "often"),
        ("BATON_PORT", "65536"),
        ("BATON_PORT", "-1"),
        ("BATON_GRPC_PORT", "tcp://10.0.0.1:8001"),
        ("BATON_MAX_ROWS", "0"),
        ("BATON_MAX_ROWS", "1.5"),
        ("BATON_MAX_BODY_BYTES", "12"),
        ("BATON_LOG_FORMAT", "xml"),
        ("BATON_PREDICTIONS_DIR", "s3://bucket/predictions"),
        ("BATON_PREDICTIONS_DIR", "/home/someone/.cache/baton"),
        ("BATON_PREDICTIONS_DIR", "/home/someone/.cache/baton/predictions"),
        ("BATON_PREDICTIONS_DIR", "/home/someone"),
        ("BATON_PREDICTIONS_DIR", "/home/someone/.cache/baton/../baton/x"),
        ("BATON_PREDICTIONS_ROWS_S", "0"),
        ("BATON_PREDICTIONS_ROWS_S", "nan"),
        ("BATON_PREDICTIONS_MAX_BYTES", "1000"),
        ("BATON_PREDICTIONS_MAX_BYTES", "1 GiB"),
        ("BATON_PREDICTIONS_DAYS", "0"),
    ],
)
def test_invalid_value_is_rejected(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The error is one line with the variable and the value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(InferenceSettings)
    text = str(caught.value)
    assert name in text
    assert value in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("environment", "traced"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"},
            False,
        ),
        ({"OTEL_SDK_DISABLED": "false"}, False),
    ],
)
def test_endpoint_turns_traces_on(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, traced: bool
) -> None:
    """An OTLP endpoint turns traces on; OTEL_SDK_DISABLED turns them off in any case."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load_settings(InferenceSettings).is_traced is traced


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_SDK_DISABLED", "perhaps"),
    ],
)
def test_invalid_trace_setting_is_rejected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The error names the variable and the value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name}='{value}'"):
        load_settings(InferenceSettings)


@pytest.mark.parametrize(
    ("value", "columns"),
    [
        (None, None),
        ("*", None),
        ("", ()),
        (" ", ()),
        ("age, contract type ,", ("age", "contract type")),
        (' ["size, in m²", "*"]', ("size, in m²", "*")),
        ("[]", ()),
        ("[age],tenure", ("[age]", "tenure")),
        ("[age", ("[age",)),
        ("[1],[2]", ("[1]", "[2]")),
        ("[2024]", ("[2024]",)),
    ],
)
def test_columns_of_the_prediction_log(
    monkeypatch: pytest.MonkeyPatch, value: str | None, columns: tuple[str, ...] | None
) -> None:
    """Unset means all, an empty variable none. A JSON list can name a column with a comma."""
    if value is not None:
        monkeypatch.setenv("BATON_PREDICTIONS_COLUMNS", value)
    assert load_settings(InferenceSettings).predictions_columns == columns


def test_key_of_the_prediction_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is read from a file, a short one is refused, and no message shows it."""
    (tmp_path / "key").write_text("0123456789abcdef\n")
    monkeypatch.setenv("BATON_PREDICTIONS_KEY_FILE", str(tmp_path / "key"))
    key = load_settings(InferenceSettings).predictions_key
    assert key is not None
    assert key.get_secret_value() == "0123456789abcdef"
    monkeypatch.setenv("BATON_PREDICTIONS_KEY", "guessable")
    with pytest.raises(
        SettingsError, match=r"BATON_PREDICTIONS_KEY=\*\*\*: .*16 characters"
    ) as caught:
        load_settings(InferenceSettings)
    assert "guessable" not in str(caught.value)


def test_the_prediction_log_is_beside_the_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Folders beside each other are fine; a link into the cache is not."""
    monkeypatch.setenv("BATON_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("BATON_PREDICTIONS_DIR", str(tmp_path / "cached-predictions"))
    assert load_settings(InferenceSettings).predictions_dir == tmp_path / "cached-predictions"
    (tmp_path / "cache").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "cache")
    monkeypatch.setenv("BATON_PREDICTIONS_DIR", str(tmp_path / "link" / "predictions"))
    with pytest.raises(SettingsError, match="BATON_CACHE_DIR"):
        load_settings(InferenceSettings)


def test_the_prediction_log_needs_a_name_that_fits_into_a_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each letter that is not Latin takes six bytes there. Without a log the name is fine."""
    monkeypatch.setenv("BATON_MODEL_NAME", "отток" * 9)
    assert load_settings(InferenceSettings).model_name == "отток" * 9
    monkeypatch.setenv("BATON_PREDICTIONS_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match=r"BATON_MODEL_NAME: .* 276 bytes") as caught:
        load_settings(InferenceSettings)
    assert "\n" not in str(caught.value)
