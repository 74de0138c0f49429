"""The folder of an imported model, as inference opens it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from baton_registry.versions.mlmodel import parse_mlmodel
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Column
from baton_trainer.importing.imported_model import EXAMPLE_ROWS, ImportedModel, save_model
from baton_trainer.importing.rows.rows import Rows

COLUMNS = (
    Column("age", "double", required=False),
    Column("visits", "long"),
    Column("plan", "string", categories=("basic", "pro")),
)
INPUTS = json.dumps([{"type": "double", "name": "age"}, {"type": "long", "name": "visits"}])
DOCUMENT: dict[str, Any] = {
    "flavors": {
        "python_function": {"loader_module": "mlflow.sklearn", "predict_fn": "predict"},
        "sklearn": {"pickled_model": "model.pkl"},
    },
    "metadata": {"owner": "us"},
    "run_id": "theirs",
    "saved_input_example_info": {"artifact_path": "example.json", "serving": "../outside"},
}


def make_rows(ages: list[float]) -> Rows:
    arrays = {
        "age": np.array(ages),
        "visits": np.arange(len(ages)),
        "plan": np.array(["basic"] * len(ages), object),
    }
    return Rows(COLUMNS, arrays, [f"row {index}" for index in range(len(ages))])


def save(tmp_path: Path, rows: Rows, private: tuple[str, ...] = (), **changes: Any) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("model.pkl", "example.json", "requirements.txt", "baton-manifest.json"):
        (source / name).write_text(name)
    (tmp_path / "outside").write_text("not ours")
    document = {**DOCUMENT, **changes}
    schema = OutputSchema("binary", ("no", "yes"))
    model = ImportedModel(source, document, b"graph", COLUMNS, schema, rows, private)
    save_model(model, tmp_path / "new", {"run_id": "ours", "model_id": "m-1"})
    return tmp_path / "new"


def test_inference_reads_columns_task_and_classes(tmp_path: Path) -> None:
    """Also of a model that was logged without a schema."""
    mlmodel = parse_mlmodel((save(tmp_path, make_rows([1.0] * 9)) / "MLmodel").read_text())
    assert mlmodel.schema.columns == COLUMNS
    assert mlmodel.schema.classes == ("no", "yes")
    assert mlmodel.schema.task == "binary"
    assert mlmodel.onnx_path == "model.onnx"


def test_the_originals_files_and_flavors_stay(tmp_path: Path) -> None:
    folder = save(tmp_path, make_rows([1.0] * 9))
    document = yaml.safe_load((folder / "MLmodel").read_text())
    assert document["flavors"].items() >= DOCUMENT["flavors"].items()
    assert document["metadata"]["owner"] == "us"
    assert (document["run_id"], document["model_id"]) == ("ours", "m-1")
    files = {path.name for path in folder.iterdir()}
    assert files == {"MLmodel", "model.pkl", "requirements.txt", "model.onnx", "input_example.json"}
    assert (folder / "model.pkl").read_text() == "model.pkl"
    assert (tmp_path / "outside").exists()


def test_the_example_has_made_up_values_of_private_columns(tmp_path: Path) -> None:
    folder = save(tmp_path, make_rows([51.5] * 9), private=("age",))
    example = json.loads((folder / "input_example.json").read_text())
    assert [row[0] for row in example["data"]] == [0.0] * EXAMPLE_ROWS
    assert example["data"][1] == [0.0, 1, "basic"]


def test_columns_of_a_schema_may_become_optional(tmp_path: Path) -> None:
    """Nothing else of it changes."""
    signature = {"inputs": INPUTS, "outputs": "[]"}
    folder = save(tmp_path, make_rows([1.0] * 9), signature=signature)
    found = yaml.safe_load((folder / "MLmodel").read_text())["signature"]
    age, visits = json.loads(INPUTS)
    assert json.loads(found["inputs"]) == [{**age, "required": False}, visits]
    assert found["outputs"] == "[]"


@pytest.mark.parametrize(
    "ages", [[np.nan, *map(float, range(8))], [np.nan, 1.0, 2.0], [np.nan] * 7, [3.0]]
)
def test_the_example_has_rows_without_gaps(ages: list[float], tmp_path: Path) -> None:
    """From complete rows, if there are enough; of few rows some repeat."""
    folder = save(tmp_path, make_rows(ages))
    example = json.loads((folder / "input_example.json").read_text())
    assert example["columns"] == ["age", "visits", "plan"]
    assert len(example["data"]) == EXAMPLE_ROWS
    assert all(value is not None for row in example["data"] for value in row)
    if len(ages) > EXAMPLE_ROWS and not all(np.isnan(ages)):
        assert example["data"][0] == [0.0, 1, "basic"]
