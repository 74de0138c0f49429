from baton_cli.moves.webhooks import build_webhook_urls, ensure_webhooks
from baton_cli.settings import CliSettings
from tests.support.cli.fakes import Registry


def test_webhook_name_defaults_to_model_and_alias() -> None:
    """`--name` overrides it."""
    registry = Registry()
    settings = CliSettings.model_validate({"BATON_WEBHOOK_SECRET": "shh", "BATON_ALIAS": "blue"})
    urls = build_webhook_urls(["http://a"])
    assert urls == ["http://a/webhooks/mlflow"]
    assert ensure_webhooks(settings, registry.client(), urls) == "baton-churn_model-blue"
    assert ensure_webhooks(settings, registry.client(), urls, "mine") == "mine"
    assert [row["name"] for row in registry.webhooks.values()] == ["baton-churn_model-blue", "mine"]
