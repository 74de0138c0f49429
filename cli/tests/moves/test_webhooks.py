from baton_cli.moves.webhooks import ensure_webhooks, webhook_urls
from baton_cli.settings import CliSettings
from tests.support.cli.fakes import Registry


def test_takes_the_name_of_model_and_alias_or_the_one_given() -> None:
    """Every alias of every model has webhooks of its own."""
    registry = Registry()
    settings = CliSettings.model_validate({"BATON_WEBHOOK_SECRET": "shh", "BATON_ALIAS": "blue"})
    urls = webhook_urls(["http://a"])
    assert urls == ["http://a/webhooks/mlflow"]
    assert ensure_webhooks(settings, registry.client(), urls) == "baton-churn_model-blue"
    assert ensure_webhooks(settings, registry.client(), urls, "mine") == "mine"
    assert [row["name"] for row in registry.webhooks.values()] == ["baton-churn_model-blue", "mine"]
