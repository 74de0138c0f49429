"""ONNX versions that plain MLflow wrote, without any metadata of Baton's."""

import warnings
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import onnx
import pandas as pd
import pytest
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ColSpec, Schema, TensorSpec

from baton_engine.onnx.opening import open_engine
from baton_inference.lifecycle.loading.warmup import warm_up
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.mlmodel import parse_mlmodel
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.engine_models import build_anomaly, build_regressor

ROWS = np.array([[0.5, 1.5], [2.5, -4.5]])
SUMS = ROWS.sum(axis=1)
TABLE = pd.DataFrame(ROWS, columns=["a", "b"])
NUMBERED = pd.DataFrame(ROWS)
FLOATS = ROWS.astype(np.float32)
UNNAMED = ModelSignature(Schema([ColSpec("double"), ColSpec("double")]))
NAMED_TENSOR = ModelSignature(Schema([TensorSpec(np.dtype(np.float32), (-1, 2), "x")]))
ANY_WIDTH = ModelSignature(Schema([TensorSpec(np.dtype(np.float32), (-1, -1))]))


def save(folder: Path, model: bytes, signature: ModelSignature, example: Any) -> FetchedModel:
    """Writes a version with MLflow, and reads it as from the registry."""
    path = folder / "model"
    loaded = onnx.load_model_from_string(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own, of pandas
        mlflow.onnx.save_model(
            loaded,
            str(path),
            signature=signature,
            input_example=example,
            save_as_external_data=False,
            pip_requirements=["onnxruntime"],  # MLflow takes 20 s to find them out
        )
    mlmodel = parse_mlmodel((path / "MLmodel").read_text(encoding="utf-8"))
    name = mlmodel.input_example_path
    content = (path / name).read_bytes() if name else None
    version = ModelVersion("m", "1", run_id="r", source="s")
    onnx_file = (path / mlmodel.onnx_path).read_bytes()
    return FetchedModel(version, mlmodel, onnx_file, content, verified=True, checksums={})


@pytest.mark.parametrize(
    ("signature", "example", "names"),
    [
        (infer_signature(TABLE, SUMS), TABLE, ["a", "b"]),
        (infer_signature(NUMBERED, SUMS), NUMBERED, ["0", "1"]),
        (infer_signature(ROWS, SUMS), ROWS, ["0", "1"]),
        (infer_signature(FLOATS, SUMS), FLOATS, ["0", "1"]),
        (UNNAMED, ROWS, ["0", "1"]),
        (NAMED_TENSOR, {"x": FLOATS}, ["0", "1"]),
    ],
    ids=["table", "numbered", "float64", "float32", "unnamed", "named tensor"],
)
def test_a_regressor_is_served(
    tmp_path: Path, signature: ModelSignature, example: Any, names: list[str]
) -> None:
    """With every form of its input. The warm-up uses its example."""
    fetched = save(tmp_path, build_regressor(2, weights=[1, 10]), signature, example)
    engine = open_engine(fetched)
    assert engine.output_schema.task == "regression"
    values = engine.score_rows([tuple(row) for row in ROWS.tolist()])["value"]
    assert values.tolist() == [15.5, -42.5]
    warmup = warm_up(engine, fetched.mlmodel.schema, fetched.input_example)
    assert warmup.has_example
    assert warmup.example == dict(zip(names, ROWS[0].tolist(), strict=True))


def test_names_of_several_values_come_from_the_signature(tmp_path: Path) -> None:
    values = pd.DataFrame({"p10": SUMS, "p90": SUMS})
    fetched = save(tmp_path, build_regressor(2, 2), infer_signature(TABLE, values), TABLE)
    assert open_engine(fetched).output_schema.names == ("p10", "p90")


def test_datetimes_are_served(tmp_path: Path) -> None:
    """MLflow writes them as texts in the example."""
    table = pd.DataFrame({"at": pd.to_datetime(["1970-01-01T00:00:02"]), "b": [1.5]})
    fetched = save(tmp_path, build_regressor(2), infer_signature(table, SUMS), table)
    engine = open_engine(fetched)
    warmup = warm_up(engine, fetched.mlmodel.schema, fetched.input_example)
    assert warmup.has_example
    assert engine.score_rows([tuple(warmup.example.values())])["value"].tolist() == [3.5]


def test_an_anomaly_detector_is_served(tmp_path: Path) -> None:
    fetched = save(tmp_path, build_anomaly(2), infer_signature(TABLE, np.array([1, -1])), TABLE)
    assert open_engine(fetched).output_schema.task == "anomaly"


def test_a_tensor_of_any_width_is_rejected(tmp_path: Path) -> None:
    """Nothing says how many columns a row has."""
    with pytest.raises(Exception, match=r"float32 with the shape \[-1, -1\]"):
        save(tmp_path, build_regressor(2), ANY_WIDTH, None)
