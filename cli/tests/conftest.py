"""A fake stack for the verbs, configured by environment variables as a user does."""

from collections.abc import Iterator

import pytest

from tests.support.cli.fakes import Inference, Registry, serve
from tests.support.fakes.registry import build_mlmodel

SETTINGS = (
    "MLFLOW_TRACKING_URI",
    "BATON_MODEL_NAME",
    "BATON_ALIAS",
    "BATON_INFERENCE_URL",
    "BATON_HOST",
    "BATON_PORT",
    "BATON_CACHE_DIR",
    "BATON_MAX_ROWS",
    "BATON_API_KEY",
    "BATON_WEBHOOK_SECRET",
    "BATON_WEBHOOK_SECRET_FILE",
    "BATON_PREDICTIONS_DIR",
    "BATON_PREDICTIONS_KEY",
    "BATON_PREDICTIONS_KEY_FILE",
)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Removes the developer's settings."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry with the versions 1 and 2, no alias set."""
    fake = Registry()
    for version in ("1", "2"):
        fake.add(version, MLmodel=build_mlmodel(("tenure", "long", True)))
    with serve(fake) as url:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
        yield fake


@pytest.fixture
def inference(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inference]:
    """An inference process that follows the registry at once."""
    fake = Inference(registry)
    with serve(fake) as url:
        monkeypatch.setenv("BATON_INFERENCE_URL", url)
        yield fake
