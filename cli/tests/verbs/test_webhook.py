import pytest

from baton_cli.main import run
from tests.support.cli.fakes import Registry


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """What webhooks are signed with."""
    monkeypatch.setenv("BATON_WEBHOOK_SECRET", "shh")
    return "shh"


def test_tells_every_inference_process(
    registry: Registry,
    secret: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By default those that BATON_INFERENCE_URL names; again, it changes nothing."""
    monkeypatch.setenv("BATON_INFERENCE_URL", "http://a:8000, https://b")
    for _ in range(2):
        assert run(["webhook", "ensure"]) == 0
        rows = registry.webhooks.values()
        urls = ["http://a:8000/webhooks/mlflow", "https://b/webhooks/mlflow"]
        assert [row["url"] for row in rows] == urls
        out = capsys.readouterr().out
        assert out == f"webhook baton-churn_model-production tells {', '.join(urls)}\n"
        assert secret not in out


def test_url_and_name_can_be_told(registry: Registry, secret: str) -> None:
    """The registry may see inference under another address than we do."""
    assert run(["webhook", "ensure", "--url", "http://i/webhooks/mlflow", "--name", "west"]) == 0
    [row] = registry.webhooks.values()
    assert (row["name"], row["url"]) == ("west", "http://i/webhooks/mlflow")


def test_no_secret_is_one_line(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    """A webhook that nobody can verify is not made."""
    assert run(["webhook", "ensure"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("baton: BATON_WEBHOOK_SECRET is not set")
    assert registry.webhooks == {}


def test_a_registry_that_refuses_is_one_line(
    registry: Registry, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason is the registry's."""
    registry.fail_on.add(("GET", "webhooks"))
    assert run(["webhook", "ensure"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["webhook"], ["webhook", "ensure", "--url", "inference"]])
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """No verb, or no address: what is possible is told."""
    assert run(arguments) == 2
    assert "Usage: baton webhook" in capsys.readouterr().err
