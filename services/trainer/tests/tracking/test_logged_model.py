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
from baton_engine.onnx.example import build_rows, read_example
from baton_registry.versions import manifest
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.mlmodel import parse_mlmodel
from baton_trainer import settings
from baton_trainer.evaluation import scoring
from baton_trainer.gate.verdict import Verdict
from baton_trainer.models.families import CLASSIFIERS
from baton_trainer.tables.table import Table
from baton_trainer.tracking import logged_model, registration
from baton_trainer.tracking.logged_model import Contents
from tests.support.trainer.tables import TARGETS, some_table, some_trained_model


def save(data: Table, folder: Path, estimator: str = "logistic") -> Path:
    """Trains a model on the table and returns its folder."""
    settings.set_mlflow_defaults()
    model = some_trained_model(data, estimator)
    contents = Contents(model.pipeline, model.onnx, data.columns, data.output_schema, data.features)
    logged_model.save_model(contents, folder / "model", Model())
    return folder / "model"


@pytest.mark.filterwarnings("ignore")  # MLflow's own, on loading
@pytest.mark.parametrize(
    ("estimator", "target"),
    [*zip(CLASSIFIERS, TARGETS, strict=True), *product(["lightgbm", "xgboost"], TARGETS)],
)
def test_mlflow_client_and_service_give_the_same_labels(
    estimator: str, target: str, tmp_path: Path
) -> None:
    """`mlflow.pyfunc` loads it without a warning, and labels have the target's type."""
    data = some_table(TARGETS[target])
    folder = save(data, tmp_path, estimator)
    labels = np.asarray(mlflow.pyfunc.load_model(str(folder)).predict(data.features))
    mlmodel = parse_mlmodel((folder / "MLmodel").read_text())
    engine = OnnxEngine((folder / mlmodel.onnx_path).read_bytes(), mlmodel.schema)
    served = scoring.score(engine, mlmodel.schema.columns, data.features)["label"]
    assert labels.tolist() == served.tolist()


@pytest.mark.parametrize(
    ("estimator", "needed"),
    [("logistic", set()), ("lightgbm", {"lightgbm"}), ("xgboost", {"xgboost-cpu"})],
)
def test_requirements_name_the_booster_of_the_model(
    estimator: str, needed: set[str], tmp_path: Path
) -> None:
    """They do not name a booster that the model does not use."""
    lines = (save(some_table(), tmp_path, estimator) / "requirements.txt").read_text().split()
    assert {line.partition("==")[0] for line in lines} & {"lightgbm", "xgboost-cpu"} == needed


def test_mlflow_loads_the_onnx_flavour(tmp_path: Path) -> None:
    data = some_table()
    model = mlflow.onnx.load_model(str(save(data, tmp_path)))
    assert [each.name for each in model.graph.input] == [each.name for each in data.columns]


def test_mlmodel_file_has_what_serving_needs(tmp_path: Path) -> None:
    """Columns with `required`, classes in their type, and the path of the ONNX file."""
    data = some_table(TARGETS["whole numbers"])
    mlmodel = parse_mlmodel((save(data, tmp_path) / "MLmodel").read_text())
    assert mlmodel.schema.columns == data.columns
    assert mlmodel.schema.classes == (3, 4)
    assert mlmodel.onnx_path == logged_model.ONNX_FILE


def test_input_example_is_five_rows_in_split_form(tmp_path: Path) -> None:
    """It has no missing values, so a caller can copy any row."""
    data = some_table()
    example = json.loads((save(data, tmp_path) / "input_example.json").read_text())
    assert example["columns"] == [each.name for each in data.columns]
    assert len(example["data"]) == 5
    assert not any(value is None for row in example["data"] for value in row)


def test_missing_values_are_filled_if_every_row_has_one() -> None:
    """They get the most frequent value of the column."""
    rows = pd.DataFrame({"a": [1.0, np.nan] * 5, "b": pd.Series([None, "x"] * 5, dtype=object)})
    example = logged_model.build_input_example(rows)
    assert example.to_dict("list") == {"a": [1.0] * 5, "b": ["x"] * 5}


def test_every_file_has_a_checksum(tmp_path: Path) -> None:
    """Its key is the path relative to the model's root."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b").write_bytes(b"b")
    (tmp_path / "a").write_bytes(b"a")
    assert logged_model.compute_checksums(tmp_path) == {
        "a": hashlib.sha256(b"a").hexdigest(),
        "sub/b": hashlib.sha256(b"b").hexdigest(),
    }


def test_manifest_lists_every_other_file(tmp_path: Path, some_data: Table) -> None:
    """It has facts of the table and the gate; its own checksum is a tag of the version."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b").write_bytes(b"b")
    reader = {"separator": ";"}
    table = dataclasses.replace(some_data, reader=reader, held_out_by="customer")
    verdict = Verdict((), None, {"gate_rows": 3.0, "nan": math.nan})

    digest = logged_model.write_manifest(tmp_path, registration.build_manifest(table, verdict))

    content = (tmp_path / "baton-manifest.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
    assert manifest.parse_manifest(content) == Manifest(
        files={"sub/b": hashlib.sha256(b"b").hexdigest()},
        data_sha256=table.sha256,
        held_out_by="customer",
        reader=reader,
        gate_figures={"gate_rows": 3.0, "nan": None},
    )
    assert registration.build_tags(digest, verdict) == {
        "baton.manifest": digest,
        "baton.gate": "passed",
    }


def test_private_columns_have_made_up_values_in_the_example(tmp_path: Path) -> None:
    """Of the right types, so the version warms up with them; other columns keep their rows."""
    names = ("flag", "gappy flag", "prix (€)", "label", "whole", "gappy whole")
    data = some_table(private=names)
    model = some_trained_model(data)
    parts = (model.pipeline, model.onnx, data.columns, data.output_schema, data.features)
    settings.set_mlflow_defaults()
    logged_model.save_model(Contents(*parts, data.private_columns), tmp_path / "model", Model())
    content = (tmp_path / "model" / "input_example.json").read_bytes()
    document = json.loads(content)
    rows = [dict(zip(document["columns"], row, strict=True)) for row in document["data"]]
    assert [{name: row[name] for name in names} for row in rows] == [
        {
            "flag": False,
            "gappy flag": False,
            "prix (€)": 0.0,
            "label": "example",
            "whole": 0,
            "gappy whole": 0.0,
        }
    ] * logged_model.EXAMPLE_ROWS
    assert len({row["gappy text"] for row in rows}) == 2
    mlmodel = parse_mlmodel((tmp_path / "model" / "MLmodel").read_text())
    assert build_rows(read_example(content, mlmodel.schema), mlmodel.schema)
    assert {each.name: each.categories for each in mlmodel.schema.columns if each.categories} == {
        "gappy text": ("x", "y")
    }


def test_further_files_are_beside_the_model(tmp_path: Path, some_data: Table) -> None:
    """The other files are the same with and without them, so the manifest alone lists them."""
    model = some_trained_model(some_data)
    parts = (model.pipeline, model.onnx, some_data.columns, some_data.output_schema)
    settings.set_mlflow_defaults()
    for name, files in (("with", {"profile.json": b"{}"}), ("without", {})):
        contents = Contents(*parts, some_data.features, more_files=files)
        logged_model.save_model(contents, tmp_path / name, Model(utc_time_created="-"))
    one, two = (logged_model.compute_checksums(tmp_path / name) for name in ("with", "without"))
    assert one.keys() - two.keys() == {"profile.json"}
    changed = {name for name in two if one[name] != two[name]}
    assert changed <= {"MLmodel", "model.skops"}  # ids and times
