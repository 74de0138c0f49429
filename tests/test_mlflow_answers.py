"""`/invocations` answers every task as MLflow does.

Each model is a version with two flavours: MLflow serves scikit-learn's, Baton serves ONNX. MLflow's
side is the application that `mlflow models serve` runs, in this process;
`embedded/test_invocations_parity.py` starts the command.
"""

import json
import warnings
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

import mlflow
import numpy as np
import pandas as pd
import pytest
import yaml
from mlflow.models import ModelSignature, infer_signature
from mlflow.pyfunc.scoring_server import init
from mlflow.types import ColSpec, Schema, TensorSpec
from skl2onnx import to_onnx
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

from baton_engine.onnx.opening import open_engine
from baton_inference.web.answers.answer import ASGIApp
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.mlmodel import parse_mlmodel
from baton_registry.versions.model_version import ModelVersion
from tests.support.bodies.matrix import CSV_BODIES, MATRIX_BODIES
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import call, post
from tests.support.fakes.live_version import make_live_version

pytestmark = pytest.mark.filterwarnings("ignore:X (has|does not have) .*feature names")

CSV = "text/csv"
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(200, 3)).astype(np.float32).astype(np.float64)
TABLE = pd.DataFrame(ROWS, columns=["a", "b", "c"])
VALUE = ROWS @ np.array([1.0, 2.0, 3.0]) + 1
VALUES = np.column_stack([VALUE, -VALUE])
LABELS = (VALUES > 1).astype(np.int64)
REJECTED = {400, 413, 415, 422}


class Version(NamedTuple):
    """A version, as both serve it."""

    mlflow: ASGIApp
    baton: ASGIApp


Save = Callable[..., Version]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Saves a fitted model in both flavours, and serves them."""

    def save_version(
        model: Any, signature: ModelSignature, converted: Any = None, **options: Any
    ) -> Version:
        converted, folder = converted or model, tmp_path / "model"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of MLflow and skl2onnx
            mlflow.sklearn.save_model(
                model,
                str(folder),
                signature=signature,
                serialization_format="cloudpickle",
                pip_requirements=["scikit-learn"],  # MLflow takes 20 s to find them out
                **options,
            )
            settings = (
                {id(converted): {"zipmap": False}} if hasattr(converted, "predict_proba") else None
            )
            opsets = {"": 18, "ai.onnx.ml": 3}
            onnx = to_onnx(
                converted, ROWS[:1].astype(np.float32), target_opset=opsets, options=settings
            )
        document = yaml.safe_load((folder / "MLmodel").read_text(encoding="utf-8"))
        document["flavors"]["onnx"] = {"data": "model.onnx"}
        mlmodel = parse_mlmodel(yaml.safe_dump(document))
        version = ModelVersion("m", "1", run_id="r", source="s")
        content = bytes(onnx.SerializeToString())
        fetched = FetchedModel(version, mlmodel, content, None, verified=True, checksums={})
        live = make_live_version(open_engine(fetched), schema=mlmodel.schema)
        app, _ = make_app(tmp_path / "cache", live)
        return Version(init(mlflow.pyfunc.load_model(str(folder))), app)

    return save_version


def compare(version: Version, body: str, media_type: str = "application/json") -> Any:
    """Compares the answers and returns Baton's; None if both reject the body."""
    request = post("/invocations", body.encode(), content_type=media_type)
    expected, answer = call(version.mlflow, request), call(version.baton, request)
    if expected.status != HTTPStatus.OK:
        assert answer.status in REJECTED, (body, expected.body, answer.body)
        return None
    assert answer.status == HTTPStatus.OK, (body, expected.body, answer.body)
    theirs, ours = expected.json()["predictions"], answer.json()["predictions"]
    assert np.shape(theirs) == np.shape(ours)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6, err_msg=body)
    for one, other in zip(np.ravel(theirs).tolist(), np.ravel(ours).tolist(), strict=True):
        assert type(one) is type(other)
    return ours


def build_bodies(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Builds each form of the rows, with its content type."""
    documents: Mapping[str, Any] = {
        "dataframe_records": json.loads(table.to_json(orient="records")),
        "dataframe_split": json.loads(table.to_json(orient="split")),
        "instances": json.loads(table.to_json(orient="records")),
        "inputs": {name: values.tolist() for name, values in table.items()},
    }
    bodies = [(json.dumps({form: data}), "application/json") for form, data in documents.items()]
    return [*bodies, (table.to_csv(index=False), CSV)]


@pytest.mark.parametrize(
    ("model", "target", "options"),
    [
        (LinearRegression(), VALUE, {}),
        (LinearRegression(), VALUES, {}),
        (IsolationForest(n_estimators=9, random_state=0), None, {}),
        (RandomForestClassifier(n_estimators=9, random_state=0), LABELS, {}),
        (LogisticRegression(), VALUE > 1, {"metadata": {"baton": {"classes": [False, True]}}}),
        (LogisticRegression(), VALUE > 1, {"pyfunc_predict_fn": "predict_proba"}),
    ],
    ids=["regression", "quantiles", "anomaly", "multilabel", "boolean", "predict_proba"],
)
def test_each_task_has_mlflows_answers(
    save: Save, model: Any, target: Any, options: dict[str, Any]
) -> None:
    """Values, shape and type are equal in every form."""
    model.fit(TABLE.to_numpy(), target)
    predict = getattr(model, options.get("pyfunc_predict_fn", "predict"))
    version = save(model, infer_signature(TABLE, predict(ROWS)), **options)
    answers = [compare(version, *body) for body in build_bodies(TABLE.head(50))]
    assert len(answers[0]) == 50
    assert all(answer == answers[0] for answer in answers)


MATRICES: dict[str, Schema] = {
    "columns": Schema([ColSpec("double")] * 3),
    "float columns": Schema([ColSpec("float")] * 3),
    "tensor": Schema([TensorSpec(np.dtype(np.float64), (-1, 3))]),
    "float tensor": Schema([TensorSpec(np.dtype(np.float32), (-1, 3))]),
}


class NamedTensor(LinearRegression):  # type: ignore[misc]  # its package has no types
    """Takes MLflow's input for a named tensor, which scikit-learn's models do not."""

    def predict(self, X: Any) -> Any:  # noqa: N803 - scikit-learn's name
        return super().predict(X["x"] if isinstance(X, dict) else X)


@pytest.mark.parametrize("inputs", [*MATRICES, "named tensor"])
def test_matrices_are_read_as_mlflow_reads_them(save: Save, inputs: str) -> None:
    """Baton rejects what MLflow rejects and otherwise gives the same answers."""
    named = Schema([TensorSpec(np.dtype(np.float64), (-1, 3), "x")])
    converted = LinearRegression().fit(ROWS, VALUE)
    model = NamedTensor().fit(ROWS, VALUE) if inputs == "named tensor" else converted
    version = save(model, ModelSignature(MATRICES.get(inputs, named)), converted)
    answers = [compare(version, json.dumps(body)) for body in MATRIX_BODIES]
    answers += [compare(version, body, CSV) for body in CSV_BODIES]
    assert sum(answer is not None for answer in answers) > 5
