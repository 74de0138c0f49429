import dataclasses
import hashlib
import json
import math
from itertools import product
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.models import Model

from baton_engine.onnx.engine import OnnxEngine
from baton_registry.versions import manifest
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.mlmodel import parse_mlmodel
from baton_trainer import settings
from baton_trainer.evaluation import scoring
from baton_trainer.gate.verdict import Verdict
from baton_trainer.models.families import FAMILIES
from baton_trainer.tables.table import Table
from baton_trainer.tracking import logged_model, registration
from baton_trainer.tracking.logged_model import Contents
from tests.support.trainer.tables import TARGETS, some_candidate, some_table


def saved(data: Table, folder: Path, estimator: str = "logistic") -> Path:
    """The folder of a model trained on the table."""
    settings.quieten_mlflow()
    made = some_candidate(data, estimator)
    contents = Contents(made.pipeline, made.onnx, data.columns, data.classes, data.features)
    logged_model.save(contents, folder / "model", Model())
    return folder / "model"


@pytest.mark.filterwarnings("ignore")  # MLflow's own, on loading
@pytest.mark.parametrize(
    ("estimator", "target"),
    [*zip(FAMILIES, TARGETS, strict=True), *product(["lightgbm", "xgboost"], TARGETS)],
)
def test_any_mlflow_client_gets_the_labels_that_the_service_gives(
    estimator: str, target: str, tmp_path: Path
) -> None:
    """`mlflow.pyfunc` loads it without a word, and labels have the target's type."""
    data = some_table(TARGETS[target])
    folder = saved(data, tmp_path, estimator)
    labels = np.asarray(mlflow.pyfunc.load_model(str(folder)).predict(data.features))
    mlmodel = parse_mlmodel((folder / "MLmodel").read_text())
    engine = OnnxEngine((folder / mlmodel.onnx_path).read_bytes(), mlmodel.schema)
    served = scoring.score(engine, mlmodel.schema.columns, data.features).labels
    assert labels.tolist() == served.tolist()


@pytest.mark.parametrize(
    ("estimator", "needed"),
    [("logistic", set()), ("lightgbm", {"lightgbm"}), ("xgboost", {"xgboost-cpu"})],
)
def test_the_requirements_name_the_booster_that_is_inside(
    estimator: str, needed: set[str], tmp_path: Path
) -> None:
    """No reader installs a library that the model does not use, or misses one that it does."""
    lines = (saved(some_table(), tmp_path, estimator) / "requirements.txt").read_text().split()
    assert {line.partition("==")[0] for line in lines} & {"lightgbm", "xgboost-cpu"} == needed


def test_it_loads_as_an_onnx_model_too(tmp_path: Path) -> None:
    """The second flavour is MLflow's own, not a file that only we know of."""
    data = some_table()
    model = mlflow.onnx.load_model(str(saved(data, tmp_path)))
    assert [each.name for each in model.graph.input] == [each.name for each in data.columns]


def test_the_mlmodel_file_says_what_serving_needs(tmp_path: Path) -> None:
    """The columns with what is required of them, the classes in their type, where the files are."""
    data = some_table(TARGETS["whole numbers"])
    mlmodel = parse_mlmodel((saved(data, tmp_path) / "MLmodel").read_text())
    assert mlmodel.schema.columns == data.columns
    assert mlmodel.schema.classes == (3, 4)
    assert mlmodel.onnx_path == logged_model.ONNX_FILE


def test_the_input_example_is_five_rows_in_split_form(tmp_path: Path) -> None:
    """Without gaps, so that a caller may copy any of them."""
    data = some_table()
    example = json.loads((saved(data, tmp_path) / "input_example.json").read_text())
    assert example["columns"] == [each.name for each in data.columns]
    assert len(example["data"]) == 5
    assert not any(value is None for row in example["data"] for value in row)


def test_gaps_are_filled_where_every_row_has_one() -> None:
    """A table may have no complete row at all; its example is what is typical."""
    rows = pd.DataFrame({"a": [1.0, np.nan] * 5, "b": pd.Series([None, "x"] * 5, dtype=object)})
    example = logged_model.input_example(rows)
    assert example.to_dict("list") == {"a": [1.0] * 5, "b": ["x"] * 5}


def test_every_file_has_its_checksum(tmp_path: Path) -> None:
    """Relative to the model's root, whatever folder it lies in."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b").write_bytes(b"b")
    (tmp_path / "a").write_bytes(b"a")
    assert logged_model.checksums(tmp_path) == {
        "a": hashlib.sha256(b"a").hexdigest(),
        "sub/b": hashlib.sha256(b"b").hexdigest(),
    }


def test_the_manifest_lists_every_other_file(tmp_path: Path, some_data: Table) -> None:
    """With what the table and the gate have to say; its own checksum is the version's tag."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b").write_bytes(b"b")
    reader = {"separator": ";"}
    table = dataclasses.replace(some_data, reader=reader, held_out_by="customer")
    verdict = Verdict((), None, {"gate_rows": 3.0, "nan": math.nan})

    digest = logged_model.add_manifest(tmp_path, registration.record(table, verdict))

    content = (tmp_path / "baton-manifest.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
    assert manifest.parse_manifest(content) == Manifest(
        files={"sub/b": hashlib.sha256(b"b").hexdigest()},
        data_sha256=table.sha256,
        held_out_by="customer",
        reader=reader,
        gate_figures={"gate_rows": 3.0, "nan": None},
    )
    assert registration.tags(digest, verdict) == {"baton.manifest": digest, "baton.gate": "passed"}
