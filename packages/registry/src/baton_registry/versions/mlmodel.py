"""The `MLmodel` file: what MLflow says of a logged model, as far as serving needs it."""

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from baton_registry.errors import InvalidModel
from baton_registry.versions.schema import Label, Schema, parse_columns

MLMODEL_FILE = "MLmodel"
MAX_TEXT = 4 * 2**20
"""Characters of an MLmodel file; those with thousands of categories have a tenth of it."""
METADATA_KEY = "baton"
"""The key under `metadata` in MLmodel where the trainer writes `{"classes": […], "categories":
{column: […]}}`."""

_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True)
class MLModel:
    """What serving reads from an MLmodel file.

    Attributes:
        schema: the columns, and the classes where the trainer recorded them.
        onnx_path: the ONNX file, relative to the model's root.
        input_example_path: the input example, or None where the model has none.
    """

    schema: Schema
    onnx_path: str
    input_example_path: str | None


def parse_mlmodel(text: str) -> MLModel:
    """Reads an MLmodel file.

    Raises:
        InvalidModel: not YAML of the expected shape, or too much of it; no ONNX flavour; no
            schema, or one that is not made of columns.
    """
    if len(text) > MAX_TEXT:
        raise InvalidModel(f"the MLmodel file is over {MAX_TEXT} characters")
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidModel("the MLmodel file is not YAML") from error
    if not isinstance(document, dict):
        raise InvalidModel("the MLmodel file is not a mapping")
    onnx_path = _onnx_path(document)
    return MLModel(
        schema=_schema(document),
        onnx_path=onnx_path,
        input_example_path=_input_example_path(document),
    )


class _Loader(yaml.SafeLoader):
    """YAML without merge keys, of which a few lines make a mapping of billions of entries."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Called by PyYAML for each mapping, to copy what it merges into it."""
        if any(key.tag == _MERGE for key, _ in node.value):
            raise yaml.YAMLError("merge keys are not read")


def _mapping(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _onnx_path(document: dict[str, Any]) -> str:
    flavors = _mapping(document, "flavors")
    if "onnx" not in flavors:
        found = ", ".join(sorted(map(str, flavors))) or "none"
        raise InvalidModel(
            f"the version has no ONNX model (flavors: {found}); log it with mlflow.onnx"
        )
    data = _mapping(flavors, "onnx").get("data")
    if not isinstance(data, str):
        raise InvalidModel("the onnx flavor in the MLmodel file names no file")
    return relative_path(data)


def relative_path(path: str) -> str:
    """`path`, if it stays below the model's root.

    Raises:
        InvalidModel: it is absolute, leaves the root, or is empty.
    """
    pure = PurePosixPath(path)
    odd = pure.is_absolute() or ".." in pure.parts or not pure.parts
    if odd or "\\" in path or "\0" in path:
        raise InvalidModel("the model names a file outside its own folder")
    return str(pure)


def _schema(document: dict[str, Any]) -> Schema:
    inputs = _mapping(document, "signature").get("inputs")
    if inputs is None:
        raise InvalidModel(
            "the version has no schema; log the model with signature=infer_signature(…)"
        )
    try:
        decoded = json.loads(inputs)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidModel("the schema in the MLmodel file is not JSON") from error
    ours = _mapping(_mapping(document, "metadata"), METADATA_KEY)
    columns = parse_columns(decoded, _mapping(ours, "categories"))
    return Schema(columns=columns, classes=_classes(ours))


def _classes(ours: dict[str, Any]) -> tuple[Label, ...] | None:
    classes = ours.get("classes")
    if classes is None or classes == []:
        return None
    if not isinstance(classes, list) or not all(isinstance(label, str | int) for label in classes):
        raise InvalidModel(
            "the classes in the MLmodel file are not a list of strings, integers or booleans"
        )
    return tuple(classes)


def _input_example_path(document: dict[str, Any]) -> str | None:
    path = _mapping(document, "saved_input_example_info").get("artifact_path")
    return relative_path(path) if isinstance(path, str) else None
