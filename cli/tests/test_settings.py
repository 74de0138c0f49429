import pytest

from baton_cli.errors import CommandFailed
from baton_cli.settings import DEFAULTS, CliSettings, UpSettings, build_child_environment, load


def test_defaults_are_those_of_one_machine() -> None:
    """Where nothing is set, everything is on this machine."""
    settings = load(CliSettings)
    assert settings.tracking_uri == "http://127.0.0.1:5000"
    assert settings.inference_urls == ("http://127.0.0.1:8000",)
    assert (load(UpSettings).host, load(UpSettings).port) == ("127.0.0.1", 8000)


def test_reads_several_inference_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses are separated by commas; blanks and slashes around them mean nothing."""
    monkeypatch.setenv("BATON_INFERENCE_URL", "http://a:8000/, https://b")
    assert load(CliSettings).inference_urls == ("http://a:8000", "https://b")


@pytest.mark.parametrize(
    "value", ["a:8000", "ftp://a", "http://", "http://a:port", "http://a,", "http://me:pw@a"]
)
def test_a_bad_address_is_one_line(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """The line names the variable, the value and what is allowed."""
    monkeypatch.setenv("BATON_INFERENCE_URL", value)
    with pytest.raises(CommandFailed) as failure:
        load(CliSettings)
    assert str(failure.value).startswith(f"BATON_INFERENCE_URL='{value}': http:// or https://")


def test_a_variable_set_to_nothing_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files pass empty values on for what is not set."""
    unset = load(CliSettings)
    monkeypatch.setenv("BATON_INFERENCE_URL", "")
    monkeypatch.setenv("BATON_MODEL_NAME", "")
    assert load(CliSettings) == unset


@pytest.mark.parametrize("value", ["0", "65536", "http"])
def test_a_bad_port_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """A port is a number from 1 to 65535."""
    monkeypatch.setenv("BATON_PORT", value)
    with pytest.raises(CommandFailed, match=f"BATON_PORT='{value}'"):
        load(UpSettings)


def test_knows_what_holds_where_nothing_is_set() -> None:
    """The defaults by variable, as a terminal would show them."""
    assert DEFAULTS["MLFLOW_TRACKING_URI"] == "http://127.0.0.1:5000"
    assert DEFAULTS["BATON_INFERENCE_URL"] == "http://127.0.0.1:8000"
    assert DEFAULTS["BATON_ALIAS"] == "production"


def test_a_childs_environment_is_ours_between_defaults_and_overrides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the user has set beats a default, and gives way to what must hold."""
    monkeypatch.setenv("BATON_CACHE_DIR", "mine")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere")
    child = build_child_environment(
        {"BATON_CACHE_DIR": "default", "OTHER": "default"}, {"MLFLOW_TRACKING_URI": "http://here"}
    )
    assert child["BATON_CACHE_DIR"] == "mine"
    assert child["OTHER"] == "default"
    assert child["MLFLOW_TRACKING_URI"] == "http://here"


def test_no_proxy_comes_between_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's exceptions from the proxy stay, this machine is added."""
    monkeypatch.setenv("NO_PROXY", "intranet")
    child = build_child_environment({}, {}, hosts=("127.0.0.1", "192.0.2.7"))
    assert child["NO_PROXY"] == "intranet,127.0.0.1,localhost,::1,192.0.2.7"
    assert "127.0.0.1" in child["no_proxy"]


def test_telemetry_is_off_in_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tracking server is MLflow's own program: only its environment turns telemetry off."""
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "")
    child = build_child_environment({}, {})
    assert child["ORT_DISABLE_TELEMETRY"] == "1"
    assert child["MLFLOW_DISABLE_TELEMETRY"] == "true"
