import pytest

from baton_cli.errors import CommandFailed
from baton_cli.settings import DEFAULTS, CliSettings, UpSettings, build_child_environment, load


def test_defaults_are_addresses_on_this_machine() -> None:
    """Without settings, everything is on this machine."""
    settings = load(CliSettings)
    assert settings.tracking_uri == "http://127.0.0.1:5000"
    assert settings.inference_urls == ("http://127.0.0.1:8000",)
    assert (load(UpSettings).host, load(UpSettings).port) == ("127.0.0.1", 8000)


def test_inference_url_may_list_several_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commas separate addresses; blanks and trailing slashes are ignored."""
    monkeypatch.setenv("BATON_INFERENCE_URL", "http://a:8000/, https://b")
    assert load(CliSettings).inference_urls == ("http://a:8000", "https://b")


@pytest.mark.parametrize(
    "value", ["a:8000", "ftp://a", "http://", "http://a:port", "http://a,", "http://me:pw@a"]
)
def test_invalid_address_is_one_line(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """The line names the variable, the value without credentials, and what is allowed."""
    monkeypatch.setenv("BATON_INFERENCE_URL", value)
    with pytest.raises(CommandFailed) as failure:
        load(CliSettings)
    assert str(failure.value).startswith(
        f"BATON_INFERENCE_URL='{value.replace('me:pw', '***')}': must be http:// or https://"
    )


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose passes empty values for unset variables."""
    unset = load(CliSettings)
    monkeypatch.setenv("BATON_INFERENCE_URL", "")
    monkeypatch.setenv("BATON_MODEL_NAME", "")
    assert load(CliSettings) == unset


@pytest.mark.parametrize("value", ["0", "65536", "http"])
def test_invalid_port_is_rejected(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """A port is a number from 1 to 65535."""
    monkeypatch.setenv("BATON_PORT", value)
    with pytest.raises(CommandFailed, match=f"BATON_PORT='{value}'"):
        load(UpSettings)


def test_defaults_are_known_by_variable() -> None:
    """`DEFAULTS` has the values as text."""
    assert DEFAULTS["MLFLOW_TRACKING_URI"] == "http://127.0.0.1:5000"
    assert DEFAULTS["BATON_INFERENCE_URL"] == "http://127.0.0.1:8000"
    assert DEFAULTS["BATON_ALIAS"] == "production"


def test_child_environment_merges_defaults_own_variables_and_overrides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A variable of the user beats a default; an override beats both."""
    monkeypatch.setenv("BATON_CACHE_DIR", "mine")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere")
    child = build_child_environment(
        {"BATON_CACHE_DIR": "default", "OTHER": "default"}, {"MLFLOW_TRACKING_URI": "http://here"}
    )
    assert child["BATON_CACHE_DIR"] == "mine"
    assert child["OTHER"] == "default"
    assert child["MLFLOW_TRACKING_URI"] == "http://here"


def test_child_uses_no_proxy_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's NO_PROXY stays; local addresses are added."""
    monkeypatch.setenv("NO_PROXY", "intranet")
    child = build_child_environment({}, {}, hosts=("127.0.0.1", "192.0.2.7"))
    assert child["NO_PROXY"] == "intranet,127.0.0.1,localhost,::1,192.0.2.7"
    assert "127.0.0.1" in child["no_proxy"]


def test_child_has_telemetry_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the environment can turn it off in MLflow's own server."""
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "")
    child = build_child_environment({}, {})
    assert child["ORT_DISABLE_TELEMETRY"] == "1"
    assert child["MLFLOW_DISABLE_TELEMETRY"] == "true"
