import pytest

from baton_cli.main import run
from tests.support.cli.fakes import Registry


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """The webhook secret."""
    monkeypatch.setenv("BATON_WEBHOOK_SECRET", "shh")
    return "shh"


def test_webhook_is_registered_for_every_inference_url(
    registry: Registry,
    secret: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The default is BATON_INFERENCE_URL. A second run changes nothing."""
    monkeypatch.setenv("BATON_INFERENCE_URL", "http://a:8000, https://b")
    for _ in range(2):
        assert run(["webhook", "ensure"]) == 0
        rows = registry.webhooks.values()
        urls = ["http://a:8000/webhooks/mlflow", "https://b/webhooks/mlflow"]
        assert [row["url"] for row in rows] == urls
        out = capsys.readouterr().out
        assert out == f"webhook baton-churn_model-production notifies {', '.join(urls)}\n"
        assert secret not in out


def test_url_and_name_are_options(registry: Registry, secret: str) -> None:
    """The registry may reach inference at another address."""
    assert run(["webhook", "ensure", "--url", "http://i/webhooks/mlflow", "--name", "west"]) == 0
    [row] = registry.webhooks.values()
    assert (row["name"], row["url"]) == ("west", "http://i/webhooks/mlflow")


def test_missing_secret_is_one_line(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    """No webhook is registered."""
    assert run(["webhook", "ensure"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("baton: BATON_WEBHOOK_SECRET is not set")
    assert registry.webhooks == {}


def test_refusal_of_the_registry_is_one_line(
    registry: Registry, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line has the registry's reason."""
    registry.fail_on.add(("GET", "webhooks"))
    assert run(["webhook", "ensure"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["webhook"], ["webhook", "ensure", "--url", "inference"]])
def test_invalid_arguments_are_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """No subcommand, or an invalid address."""
    assert run(arguments) == 2
    assert "Usage: baton webhook" in capsys.readouterr().err
