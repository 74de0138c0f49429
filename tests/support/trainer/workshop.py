"""A model in a real tracking server, and a table to train it on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import pytest

from baton_registry.rest.client import RegistryClient
from baton_trainer.request import Columns, Data, Train, TrainRequest
from baton_trainer.settings import TrainerSettings
from baton_trainer.train_result import TrainResult
from baton_trainer.training import train
from tests.support.trainer.tables import TARGET, make_features, make_text_target


@dataclass
class Workshop:
    """A model in the tracking server that no other test uses, and a table to train it on."""

    options: TrainerSettings
    registry: RegistryClient
    file: Path

    @property
    def name(self) -> str:
        return self.options.model_name

    def train(self, **keys: Any) -> TrainResult:
        """Trains quickly on the workshop's table."""
        return train(self.request(**keys), self.options)

    def request(self, **keys: Any) -> TrainRequest:
        """Builds a request for the workshop's table; `keys` are those of `Train`."""
        return TrainRequest(
            data=Data(file=self.file), columns=Columns(target=TARGET), train=Train(**keys)
        )

    def runs(self) -> list[Any]:
        """Returns all MLflow runs, newest first."""
        mlflow.set_tracking_uri(self.options.tracking_uri)
        return list(mlflow.search_runs(experiment_names=[self.name], output_format="list"))


@contextmanager
def open_workshop(tracking_uri: str, name: str, folder: Path) -> Iterator[Workshop]:
    """Opens a workshop for the model `name`, with a table in the folder."""
    file = folder / "t.csv"
    frame = make_features()
    frame.assign(**{TARGET: make_text_target(frame)}).to_csv(file, index=False)
    options = TrainerSettings.model_validate(
        {"MLFLOW_TRACKING_URI": tracking_uri, "BATON_MODEL_NAME": name}
    )
    with pytest.MonkeyPatch.context() as patch, RegistryClient(tracking_uri) as registry:
        patch.setattr(os, "environ", dict(os.environ))
        yield Workshop(options, registry, file)
