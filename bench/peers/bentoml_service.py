"""BentoML with the same model version: `bentoml serve bentoml_service:Churn --arg model_uri=…`.

With adaptive batching, which its documentation advises; where batches come too late for
`max_latency_ms`, it answers 503, and the advice is to raise that. One worker, as the product has
one process. It runs in an environment of its own.
"""

from typing import Any

import bentoml
import mlflow.sklearn
import pandas as pd
from pydantic import BaseModel


class Arguments(BaseModel):
    """What `--arg` gives."""

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
        """Labels of the rows of all requests of a batch."""
        labels: list[str] = self.model.predict(pd.DataFrame(instances)).tolist()
        return labels
