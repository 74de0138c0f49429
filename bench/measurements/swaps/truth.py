"""What scikit-learn itself predicts: `python -m bench.measurements.swaps.truth ROW URI…`.

The answers under load are compared with it: it shares no code with what serves. Prints one line,
model URI to prediction, in the form of `/predict`.
"""

import json
import sys
from typing import Any

import mlflow.sklearn
import pandas as pd


def prediction(uri: str, row: dict[str, Any]) -> dict[str, Any]:
    """The label and the probabilities of one row."""
    model = mlflow.sklearn.load_model(uri)
    frame = pd.DataFrame([row])
    probabilities = model.predict_proba(frame)[0].tolist()
    classes = map(str, model.classes_.tolist())
    return {
        "label": model.predict(frame).tolist()[0],
        "probabilities": dict(zip(classes, probabilities, strict=True)),
    }


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print(json.dumps({uri: prediction(uri, given) for uri in sys.argv[2:]}))  # noqa: T201
