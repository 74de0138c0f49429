"""What scikit-learn itself predicts: `python -m bench.measurements.swaps.truth ROW URI…`.

The benchmark compares answers under load with these predictions; the process shares no code with
inference. It prints one line of JSON that maps model URI to prediction, in the form of `/predict`.
"""

import json
import sys
from typing import Any

import mlflow.sklearn
import pandas as pd


def predict(uri: str, row: dict[str, Any]) -> dict[str, Any]:
    """Returns the label and the probabilities of one row."""
    model = mlflow.sklearn.load_model(uri)
    frame = pd.DataFrame([row])
    probabilities = model.predict_proba(frame)[0].tolist()
    classes = map(str, model.classes_.tolist())
    return {
        "label": model.predict(frame).tolist()[0],
        "probabilities": dict(zip(classes, probabilities, strict=True)),
    }


if __name__ == "__main__":
    row = json.loads(sys.argv[1])
    print(json.dumps({uri: predict(uri, row) for uri in sys.argv[2:]}))  # noqa: T201
