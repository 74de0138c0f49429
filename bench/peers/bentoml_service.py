"""BentoML with the same model version: `bentoml serve bentoml_service:Churn --arg model_uri=…`.

It uses adaptive batching, as its documentation recommends. If batches exceed `max_latency_ms`,
BentoML answers 503; the documentation recommends a higher limit. It has one worker because Baton
has one process, and runs in its own environment.
"""

from typing import Any

import bentoml
import mlflow.sklearn
import pandas as pd
from pydantic import BaseModel


class Arguments(BaseModel):
    """The values of `--arg`."""

    model_uri: str


arguments = bentoml.use_arguments(Arguments)


@bentoml.service(workers=1, traffic={"timeout": 60})
class Churn:
    """Answers `{"instances": [row, …]}` with a list of labels."""

    def __init__(self) -> None:
        """Loads the version."""
        self.model = mlflow.sklearn.load_model(arguments.model_uri)

    @bentoml.api(batchable=True, max_batch_size=64, max_latency_ms=10_000)  # type: ignore[untyped-decorator]
    def predict(self, instances: list[dict[str, Any]]) -> list[str]:
        """Returns the labels for all requests of a batch."""
        labels: list[str] = self.model.predict(pd.DataFrame(instances)).tolist()
        return labels
