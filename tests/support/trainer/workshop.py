"""A model of its own in a real tracking server, and a table to train it on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow

from baton_registry.rest.client import RegistryClient
from baton_trainer.request import Columns, Data, Train, TrainRequest
from baton_trainer.settings import TrainerSettings
from baton_trainer.train_result import TrainResult
from baton_trainer.training import train
from tests.support.trainer.tables import TARGET


@dataclass
class Workshop:
    """A model of its own in the tracking server, and a table to train it on."""

    options: TrainerSettings
    registry: RegistryClient
    file: Path

    @property
    def name(self) -> str:
        return self.options.model_name

    def train(self, **wishes: Any) -> TrainResult:
        """A quick training on the workshop's table."""
        return train(self.request(**wishes), self.options)

    def request(self, **wishes: Any) -> TrainRequest:
        """For the workshop's table; `wishes` are of how to train."""
        return TrainRequest(
            data=Data(file=self.file), columns=Columns(target=TARGET), train=Train(**wishes)
        )

    def runs(self) -> list[Any]:
        """All MLflow runs, newest first."""
        mlflow.set_tracking_uri(self.options.tracking_uri)
        return list(mlflow.search_runs(experiment_names=[self.name], output_format="list"))
