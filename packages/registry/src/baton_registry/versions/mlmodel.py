"""Parses the `MLmodel` file of a logged model, as far as serving needs it."""

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from baton_common.texts import get_first_line
from baton_registry.errors import InvalidModel
from baton_registry.versions.plain_yaml import parse_yaml
from baton_registry.versions.recorded.inputs import parse_inputs
from baton_registry.versions.recorded.outputs import parse_outputs
from baton_registry.versions.schema import Schema

MLMODEL_FILE = "MLmodel"
MAX_TEXT = 4 * 2**20
"""The size limit in characters. A file with thousands of categories has a tenth of it."""
METADATA_KEY = "baton"
"""The key under `metadata` in MLmodel of Baton's record: `{"task": …, "classes": […], "outputs":
[names], "categories": {column: […]}}`, all optional."""


@dataclass(frozen=True)
class MLModel:
    """The parts of an MLmodel file that serving needs.

    Attributes:
        schema: the columns, and what is recorded of the outputs.
        onnx_path: the ONNX file, relative to the model's root.
        input_example_path: the input example; None if there is none.
    """

    schema: Schema
    onnx_path: str
    input_example_path: str | None


def parse_mlmodel(text: str) -> MLModel:
    """Parses an MLmodel file.

    Raises:
        InvalidModel: the file is too large or not valid YAML, or has no ONNX flavour or no columns.
    """
    document = load_document(text)
    onnx_path = _find_onnx_path(document)
    return MLModel(
        schema=parse_schema(document),
        onnx_path=onnx_path,
        input_example_path=_find_example_path(document),
    )


def load_document(text: str) -> dict[str, Any]:
    """Reads an MLmodel file as plain YAML.

    Raises:
        InvalidModel: the file is too large, or not a YAML mapping.
    """
    if len(text) > MAX_TEXT:
        raise InvalidModel(f"the MLmodel file is over {MAX_TEXT} characters")
    try:
        document = parse_yaml(text)
    except ValueError as error:
        raise InvalidModel(f"the MLmodel file {get_first_line(error)}") from error
    if not isinstance(document, dict):
        raise InvalidModel("the MLmodel file is not a mapping")
    return document


def _get_mapping(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _find_onnx_path(document: dict[str, Any]) -> str:
    flavors = _get_mapping(document, "flavors")
    if "onnx" not in flavors:
        names = ", ".join(sorted(map(str, flavors))) or "none"
        raise InvalidModel(
            f"the version has no ONNX model (flavors: {names}); log it with mlflow.onnx"
        )
    data = _get_mapping(flavors, "onnx").get("data")
    if not isinstance(data, str):
        raise InvalidModel("the onnx flavor in the MLmodel file has no file name")
    return check_path(data)


def check_path(path: str) -> str:
    """Checks that a path stays below the model's root.

    Raises:
        InvalidModel: the path is absolute, leaves the root, or is empty.
    """
    pure = PurePosixPath(path)
    is_outside = pure.is_absolute() or ".." in pure.parts or not pure.parts
    if is_outside or "\\" in path or "\0" in path:
        raise InvalidModel("the model names a file outside of its folder")
    return str(pure)


def parse_schema(document: dict[str, Any]) -> Schema:
    """Parses the columns and the recorded part of the outputs from an MLmodel file's content.

    Raises:
        InvalidModel: it has no schema, or one that Baton cannot score.
    """
    inputs = _get_mapping(document, "signature").get("inputs")
    if inputs is None:
        raise InvalidModel(
            "the version has no schema; log the model with signature=infer_signature(…)"
        )
    try:
        decoded = json.loads(inputs)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidModel("the schema in the MLmodel file is not JSON") from error
    metadata = _get_mapping(_get_mapping(document, "metadata"), METADATA_KEY)
    recorded = parse_inputs(decoded, _get_mapping(metadata, "categories"))
    outputs = parse_outputs(metadata, _get_mapping(document, "signature").get("outputs"))
    return Schema(
        columns=recorded.columns,
        classes=outputs.classes,
        task=outputs.task,
        output_names=outputs.names,
        is_matrix=recorded.is_matrix,
        is_tensor=recorded.is_tensor,
        tensor_name=recorded.tensor_name,
        shown_answers=outputs.shown,
        predicts_probabilities=_predicts_probabilities(document),
    )


def _predicts_probabilities(document: dict[str, Any]) -> bool:
    """Whether MLflow's `predict` calls `predict_proba`: `pyfunc_predict_fn` of `log_model`."""
    function = _get_mapping(_get_mapping(document, "flavors"), "python_function")
    return function.get("predict_fn") == "predict_proba"


def _find_example_path(document: dict[str, Any]) -> str | None:
    path = _get_mapping(document, "saved_input_example_info").get("artifact_path")
    return check_path(path) if isinstance(path, str) else None
