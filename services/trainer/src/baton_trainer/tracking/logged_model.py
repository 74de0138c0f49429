"""The logged model: one folder with the scikit-learn and the ONNX flavour of the same classifier.

It is made of MLflow's public parts rather than by `log_model`, so that the folder is ours: what is
hashed is what is uploaded.
"""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow.sklearn
import pandas as pd
import skops.io
from mlflow.models import Model, ModelSignature
from mlflow.types.schema import ColSpec, DataType, Schema, TensorSpec
from sklearn.pipeline import Pipeline

from baton_engine.tables.column_types import LABEL_TYPES
from baton_registry.versions.manifest import MANIFEST_FILE, Manifest
from baton_registry.versions.mlmodel import METADATA_KEY, MLMODEL_FILE
from baton_registry.versions.schema import Column, Label
from baton_trainer.models.families import FAMILIES, SKLEARN

ONNX_FILE = "model.onnx"
EXAMPLE_ROWS = 5

_REQUIREMENTS = (SKLEARN, "skops", "numpy", "scipy", "pandas", "onnxruntime")


@dataclass(frozen=True)
class Contents:
    """What a logged model is made of.

    Attributes:
        pipeline: fitted.
        onnx: the same as an ONNX file.
        columns: the input columns.
        classes: the labels, in the order of the probabilities.
        features: rows to take the input example from, shape `[rows, columns]`.
    """

    pipeline: Pipeline
    onnx: bytes
    columns: Sequence[Column]
    classes: Sequence[Label]
    features: pd.DataFrame


def save(contents: Contents, folder: Path, identity: Model) -> None:
    """Writes the model's folder, which must not exist.

    Args:
        contents: what to write.
        folder: where to.
        identity: an `mlflow.models.Model` that carries the ids of the run and the logged model.
    """
    types = _types_of(contents.pipeline)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow uses what pandas deprecates
        mlflow.sklearn.save_model(
            contents.pipeline,
            str(folder),
            mlflow_model=identity,
            signature=signature(contents.columns, contents.classes),
            input_example=input_example(contents.features),
            # given, because finding them out takes MLflow 25 s
            pip_requirements=[f"{name}=={version(name)}" for name in _requirements(types)],
            serialization_format="skops",
            skops_trusted_types=types,
            metadata={
                METADATA_KEY: {
                    "classes": list(contents.classes),
                    "categories": {
                        c.name: [*c.categories] for c in contents.columns if c.categories
                    },
                }
            },
        )
    (folder / ONNX_FILE).write_bytes(contents.onnx)
    identity.add_flavor(
        "onnx", data=ONNX_FILE, onnx_version=version("onnx"), providers=["CPUExecutionProvider"]
    )
    identity.model_size_bytes = sum(each.stat().st_size for each in _files(folder))
    identity.save(str(folder / MLMODEL_FILE))


def signature(columns: Sequence[Column], classes: Sequence[Label]) -> ModelSignature:
    """MLflow's form of the columns and of the label."""
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec(DataType[each.type], each.name, required=each.required) for each in columns
    ]
    label = ColSpec(DataType[LABEL_TYPES[type(classes[0])].name])
    return ModelSignature(Schema(inputs), Schema([label]))


def input_example(features: pd.DataFrame) -> pd.DataFrame:
    """Rows without gaps; where the table has too few, its gaps are filled with what is typical."""
    complete = features.dropna()
    if len(complete) < EXAMPLE_ROWS:
        typical = {name: features[name].mode().iloc[0] for name in features}
        complete = features.head(EXAMPLE_ROWS).fillna(typical)
    return complete.head(EXAMPLE_ROWS).reset_index(drop=True).infer_objects()


def checksums(folder: Path) -> dict[str, str]:
    """Every file, relative to the folder, to its lower-case hex SHA-256."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in _files(folder)
    }


def add_manifest(folder: Path, record: Manifest) -> str:
    """Writes the manifest of all files in the folder, and gives its own checksum.

    Raises:
        InvalidModel: it would be too large, or record what JSON cannot hold.
    """
    content = replace(record, files=checksums(folder)).to_json()
    (folder / MANIFEST_FILE).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _types_of(pipeline: Pipeline) -> list[str]:
    """The types that a reader of the skops file must trust; we made the pipeline, so we know."""
    found: list[Any] = skops.io.get_untrusted_types(data=skops.io.dumps(pipeline))
    return [str(each) for each in found]


def _requirements(types: Sequence[str]) -> list[str]:
    """The distributions that a reader of the model needs, known from the types that are in it."""
    packages = {each.partition(".")[0] for each in types}
    needed = {each.distribution: None for each in FAMILIES.values() if each.package in packages}
    return list(dict.fromkeys([*_REQUIREMENTS, *needed]))
