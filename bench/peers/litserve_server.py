"""LitServe with the same model version: `litserve_server.py MODEL_URI PORT`.

As its documentation advises for a model that scores many rows as fast as one: batching, and
the fast queue, meant for more than 100 requests/s. One worker, as the
product has one process. It runs in an environment of its own.
"""

import sys
from typing import Any

import litserve
import mlflow.sklearn
import pandas as pd

Frames = list[pd.DataFrame]


class Churn(litserve.LitAPI):  # type: ignore[misc]
    """Answers `{"instances": [row, …]}` with `{"predictions": [label, …]}`."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - LitServe's shape
        """Loads the version."""
        self.model = mlflow.sklearn.load_model(sys.argv[1])

    def decode_request(self, request: dict[str, Any]) -> pd.DataFrame:
        """One request's rows."""
        return pd.DataFrame(request["instances"])

    def batch(self, inputs: Frames) -> tuple[pd.DataFrame, list[int]]:
        """The rows of all requests, and how many are whose."""
        return pd.concat(inputs, ignore_index=True), [len(each) for each in inputs]

    def predict(self, x: tuple[pd.DataFrame, list[int]]) -> tuple[list[str], list[int]]:
        """Labels of all rows."""
        rows, sizes = x
        return self.model.predict(rows).tolist(), sizes

    def unbatch(self, output: tuple[list[str], list[int]]) -> list[list[str]]:
        """Each request's labels."""
        labels, sizes = output
        remaining = iter(labels)
        return [[next(remaining) for _ in range(size)] for size in sizes]

    def encode_response(self, output: list[str]) -> dict[str, Any]:
        """MLflow's form."""
        return {"predictions": output}


if __name__ == "__main__":
    api = Churn(max_batch_size=64, batch_timeout=0.002)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1, fast_queue=True)
    server.run(host="127.0.0.1", port=int(sys.argv[2]), generate_client_file=False)
