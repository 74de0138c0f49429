"""LitServe with the same model version: `litserve_server.py MODEL_URI PORT`.

It uses batching and the fast queue, as its documentation recommends for a model that scores many
rows as fast as one, at more than 100 requests/s. It has one worker because Baton has one process,
and runs in its own environment.
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
        """Returns the rows of one request."""
        return pd.DataFrame(request["instances"])

    def batch(self, inputs: Frames) -> tuple[pd.DataFrame, list[int]]:
        """Joins the rows of all requests; returns the size of each."""
        return pd.concat(inputs, ignore_index=True), [len(each) for each in inputs]

    def predict(self, x: tuple[pd.DataFrame, list[int]]) -> tuple[list[str], list[int]]:
        """Returns the labels of all rows."""
        rows, sizes = x
        return self.model.predict(rows).tolist(), sizes

    def unbatch(self, output: tuple[list[str], list[int]]) -> list[list[str]]:
        """Splits the labels by request."""
        labels, sizes = output
        remaining = iter(labels)
        return [[next(remaining) for _ in range(size)] for size in sizes]

    def encode_response(self, output: list[str]) -> dict[str, Any]:
        """Builds MLflow's response."""
        return {"predictions": output}


if __name__ == "__main__":
    api = Churn(max_batch_size=64, batch_timeout=0.002)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1, fast_queue=True)
    server.run(host="127.0.0.1", port=int(sys.argv[2]), generate_client_file=False)
