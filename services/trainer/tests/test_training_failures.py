import signal
from pathlib import Path
from typing import Any

import mlflow
import pytest

from baton_registry.errors import AliasNotSet, RegistryUnavailable
from baton_registry.promotion.alias_moves import CHALLENGER
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion
from baton_trainer.errors import DataError, RecordError
from baton_trainer.request import Data, TrainRequest
from baton_trainer.settings import TrainerSettings
from baton_trainer.tracking import run
from baton_trainer.training import train
from tests.support.trainer.workshop import Workshop


def test_bad_data_is_reported_before_the_registry_is_contacted(tmp_path: Path) -> None:
    """No tracking server is needed to check a file."""
    options = TrainerSettings.model_validate({"MLFLOW_TRACKING_URI": "http://127.0.0.1:1"})
    with pytest.raises(DataError, match="No such file"):
        train(TrainRequest(data=Data(file=tmp_path / "nothing.csv")), options)


def test_unreachable_registry_is_reported_before_the_fit() -> None:
    """The error has the address."""
    options = TrainerSettings.model_validate({"MLFLOW_TRACKING_URI": "http://127.0.0.1:1"})
    with pytest.raises(RegistryUnavailable, match=r"127\.0\.0\.1:1"):
        train(TrainRequest(), options)


@pytest.mark.parametrize("error", [RuntimeError("power cut"), mlflow.MlflowException("no room")])
def test_failure_leaves_a_failed_run_and_no_version(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A failed upload does the same."""

    def fail(*_: object) -> dict[str, str]:
        raise error

    monkeypatch.setattr(run, "upload_model", fail)
    expected = RuntimeError if isinstance(error, RuntimeError) else RecordError
    with pytest.raises(expected, match=str(error)):
        workshop.train()
    (logged,) = workshop.runs()
    assert logged.info.status == "FAILED"
    assert workshop.registry.list_versions(workshop.name) == []
    with pytest.raises(AliasNotSet):
        workshop.registry.resolve_alias(workshop.name, CHALLENGER)


def test_registration_completes_if_signals_are_blocked(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between version and alias: both exist, and the run is FINISHED."""
    received: list[int] = []
    create = RegistryClient.create_version

    def interrupted(*arguments: Any, **options: Any) -> ModelVersion:
        version = create(*arguments, **options)
        signal.raise_signal(signal.SIGINT)
        return version

    def hold() -> None:
        assert workshop.registry.list_versions(workshop.name) == []
        signal.signal(signal.SIGINT, lambda number, _: received.append(number))

    monkeypatch.setattr(RegistryClient, "create_version", interrupted)
    before = signal.getsignal(signal.SIGINT)
    try:
        result = train(workshop.request(), workshop.options, on_registering=hold)
    finally:
        signal.signal(signal.SIGINT, before)
    assert received == [signal.SIGINT]
    challenger = workshop.registry.resolve_alias(workshop.name, CHALLENGER)
    assert challenger.version == result.version
    (logged,) = workshop.runs()
    assert logged.info.status == "FINISHED"
