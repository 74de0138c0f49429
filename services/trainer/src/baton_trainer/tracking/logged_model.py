"""The logged model: one folder with the scikit-learn and the ONNX flavour of the same model.

Baton builds the folder from MLflow's public parts instead of calling `log_model`, so the files that
are hashed are the files that are uploaded.
"""

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow.sklearn
import pandas as pd
import skops.io
from mlflow.models import Model, ModelSignature
from mlflow.types.schema import ColSpec, DataType, Schema, TensorSpec
from sklearn.pipeline import Pipeline

from baton_registry.versions.manifest import MANIFEST_FILE, Manifest
from baton_registry.versions.mlmodel import METADATA_KEY, MLMODEL_FILE
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Column
from baton_trainer.models.families import CLASSIFIERS, SKLEARN
from baton_trainer.tables.columns.made_up_values import make_up_value

ONNX_FILE = "model.onnx"
EXAMPLE_ROWS = 5

_REQUIREMENTS = (SKLEARN, "skops", "numpy", "scipy", "pandas", "onnxruntime")


@dataclass(frozen=True)
class Contents:
    """The contents of a logged model.

    Attributes:
        pipeline: fitted.
        onnx: the pipeline as an ONNX file.
        columns: the input columns.
        output_schema: what the model answers.
        features: the source of the input example, shape `[rows, columns]`.
        private_columns: the columns whose values are made up in the input example.
        more_files: the content of further files, by their names.
    """

    pipeline: Pipeline
    onnx: bytes
    columns: Sequence[Column]
    output_schema: OutputSchema
    features: pd.DataFrame
    private_columns: Sequence[str] = ()
    more_files: Mapping[str, bytes] = field(default_factory=dict)


def save_model(contents: Contents, folder: Path, identity: Model) -> None:
    """Writes the model's folder, which must not exist.

    Args:
        contents: the model's contents.
        folder: the folder to write.
        identity: an `mlflow.models.Model` with the ids of the run and of the logged model.
    """
    types = _list_skops_types(contents.pipeline)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow uses what pandas deprecates
        mlflow.sklearn.save_model(
            contents.pipeline,
            str(folder),
            mlflow_model=identity,
            signature=build_signature(contents.columns, contents.output_schema),
            input_example=_build_input_example(contents),
            # explicit, because MLflow needs 25 s to detect them
            pip_requirements=[f"{name}=={version(name)}" for name in _list_requirements(types)],
            serialization_format="skops",
            skops_trusted_types=types,
            metadata={METADATA_KEY: _build_metadata(contents)},
        )
    (folder / ONNX_FILE).write_bytes(contents.onnx)
    identity.add_flavor(
        "onnx", data=ONNX_FILE, onnx_version=version("onnx"), providers=["CPUExecutionProvider"]
    )
    identity.model_size_bytes = sum(each.stat().st_size for each in _list_files(folder))
    identity.save(str(folder / MLMODEL_FILE))
    for name, content in contents.more_files.items():
        (folder / name).write_bytes(content)


def _build_metadata(contents: Contents) -> dict[str, Any]:
    categories = {
        column.name: [*column.categories] for column in contents.columns if column.categories
    }
    answers = contents.output_schema
    known = {"classes": list(answers.classes)} if answers.is_classifier else {"task": answers.task}
    return {**known, "categories": categories}


def build_signature(columns: Sequence[Column], output_schema: OutputSchema) -> ModelSignature:
    """Returns the columns, and what `predict` returns, as an MLflow signature."""
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec(DataType[each.type], each.name, required=each.required) for each in columns
    ]
    answer = ColSpec(DataType[output_schema.outputs[0].type])
    return ModelSignature(Schema(inputs), Schema([answer]))


def _build_input_example(contents: Contents) -> pd.DataFrame:
    private = [each for each in contents.columns if each.name in contents.private_columns]
    return build_input_example(contents.features).assign(
        **{each.name: make_up_value(each) for each in private}
    )


def build_input_example(features: pd.DataFrame) -> pd.DataFrame:
    """Returns complete rows; if there are too few, missing values get the most frequent value."""
    complete = features.dropna()
    if len(complete) < EXAMPLE_ROWS:
        typical = {name: features[name].mode().iloc[0] for name in features}
        complete = features.head(EXAMPLE_ROWS).fillna(typical)
    return complete.head(EXAMPLE_ROWS).reset_index(drop=True).infer_objects()


def compute_checksums(folder: Path) -> dict[str, str]:
    """Maps every file, relative to the folder, to its lower-case hex SHA-256."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in _list_files(folder)
    }


def write_manifest(folder: Path, manifest: Manifest) -> str:
    """Adds all files of the folder to the manifest and writes it; returns its checksum.

    Raises:
        InvalidModel: it is too large, or has values that JSON cannot hold.
    """
    content = replace(manifest, files=compute_checksums(folder)).to_json()
    (folder / MANIFEST_FILE).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _list_skops_types(pipeline: Pipeline) -> list[str]:
    """The types that a reader of the skops file must trust."""
    types: list[Any] = skops.io.get_untrusted_types(data=skops.io.dumps(pipeline))
    return [str(each) for each in types]


def _list_requirements(types: Sequence[str]) -> list[str]:
    """The distributions that a reader of the model needs, by the types in it."""
    packages = {each.partition(".")[0] for each in types}
    needed = {each.distribution: None for each in CLASSIFIERS.values() if each.package in packages}
    return list(dict.fromkeys([*_REQUIREMENTS, *needed]))
