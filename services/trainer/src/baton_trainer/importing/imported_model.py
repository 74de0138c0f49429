"""The folder of an imported model: the original's files, and its ONNX form beside them."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array
from baton_registry.versions.manifest import MANIFEST_FILE
from baton_registry.versions.mlmodel import METADATA_KEY, MLMODEL_FILE
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Column
from baton_trainer.importing.rows.rows import Rows, is_missing
from baton_trainer.tables.columns.made_up_values import make_up_value
from baton_trainer.tracking.logged_model import ONNX_FILE

EXAMPLE_FILE = "input_example.json"
EXAMPLE_ROWS = 5


@dataclass(frozen=True)
class ImportedModel:
    """The contents of the new version.

    Attributes:
        source: the folder of the original's files.
        document: the content of the original's MLmodel file.
        onnx: the ONNX form.
        columns: the input columns.
        output_schema: what the model answers.
        rows: the source of the input example.
        private: the columns of which the input example has made-up values.
    """

    source: Path
    document: Mapping[str, Any]
    onnx: bytes
    columns: tuple[Column, ...]
    output_schema: OutputSchema
    rows: Rows
    private: tuple[str, ...] = ()


def save_model(model: ImportedModel, folder: Path, ids: Mapping[str, str]) -> None:
    """Writes the model's folder, which must not exist.

    The original's flavors and their files stay as they are.

    Args:
        model: the contents.
        folder: the folder to write.
        ids: the ids of the run and of the logged model, by their keys in MLmodel.
    """
    shutil.copytree(model.source, folder, ignore=shutil.ignore_patterns(MANIFEST_FILE))
    _drop_example(model.document, folder)
    (folder / ONNX_FILE).write_bytes(model.onnx)
    example = json.dumps(_build_example(model), allow_nan=False, ensure_ascii=False)
    (folder / EXAMPLE_FILE).write_text(example, encoding="utf-8")
    document = {**_build_document(model), **ids}
    document["model_size_bytes"] = sum(
        each.stat().st_size for each in folder.rglob("*") if each.is_file()
    )
    text = yaml.safe_dump(document, allow_unicode=True, default_flow_style=False)
    (folder / MLMODEL_FILE).write_text(text, encoding="utf-8")


def _drop_example(document: Mapping[str, Any], folder: Path) -> None:
    """Removes the original's input example, which may have too few rows, or gaps."""
    info = document.get("saved_input_example_info")
    paths = info.values() if isinstance(info, Mapping) else ()
    for path in (folder / each for each in paths if isinstance(each, str) and each):
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            path.unlink()


def _build_document(model: ImportedModel) -> dict[str, Any]:
    document = dict(model.document)
    onnx = {
        "data": ONNX_FILE,
        "onnx_version": version("onnx"),
        "providers": ["CPUExecutionProvider"],
    }
    document["flavors"] = {**document["flavors"], "onnx": onnx}
    document["saved_input_example_info"] = {
        "artifact_path": EXAMPLE_FILE,
        "type": "dataframe",
        "pandas_orient": "split",
    }
    document["signature"] = _build_signature(model)
    metadata = document.get("metadata")
    known = dict(metadata) if isinstance(metadata, Mapping) else {}
    document["metadata"] = {**known, METADATA_KEY: _build_metadata(model)}
    return document


def _build_signature(model: ImportedModel) -> Mapping[str, Any]:
    """Returns the original's signature, whose columns may have become optional.

    Without one, it has the columns.
    """
    signature = model.document.get("signature")
    known = dict(signature) if isinstance(signature, Mapping) else {}
    if known.get("inputs") is None:
        columns = [{"type": c.type, "name": c.name, "required": c.required} for c in model.columns]
        return {**known, "inputs": json.dumps(columns)}
    optional = {column.name for column in model.columns if not column.required}
    inputs = [
        {**spec, "required": False} if spec.get("name") in optional else spec
        for spec in json.loads(known["inputs"])
    ]
    return {**known, "inputs": json.dumps(inputs)}


def _build_metadata(model: ImportedModel) -> dict[str, Any]:
    categories = {each.name: [*each.categories] for each in model.columns if each.categories}
    outputs = model.output_schema
    return {
        "task": outputs.task,
        "classes": [*outputs.classes],
        "outputs": [*outputs.names],
        "categories": categories,
    }


def _build_example(model: ImportedModel) -> dict[str, Any]:
    """Returns complete rows in split form; if there are too few, gaps are filled."""
    rows = model.rows
    arrays = [(column, rows.arrays[column.name]) for column in rows.columns]
    is_complete = ~np.any([is_missing(column, values) for column, values in arrays], axis=0)
    complete = np.flatnonzero(is_complete)[:EXAMPLE_ROWS]
    if len(complete) == EXAMPLE_ROWS:
        arrays = [(column, values[complete]) for column, values in arrays]
    made_up = {
        each.name: make_up_value(each) for each in model.columns if each.name in model.private
    }
    columns = [
        [made_up[column.name]] * EXAMPLE_ROWS
        if column.name in made_up
        else _list_present(column, values)
        for column, values in arrays
    ]
    data = [[*row] for row in zip(*columns, strict=True)]
    return {"columns": [column.name for column in rows.columns], "data": data}


def _list_present(column: Column, values: Array) -> list[Any]:
    """The first values that are present, as JSON has them; repeated if there are too few."""
    python = COLUMN_TYPES[column.type].python
    present = values[~is_missing(column, values)][:EXAMPLE_ROWS].tolist()
    values_or_default = present or [COLUMN_TYPES[column.type].samples[0]]
    repeated = (values_or_default * EXAMPLE_ROWS)[:EXAMPLE_ROWS]
    return [python(value) for value in repeated]
