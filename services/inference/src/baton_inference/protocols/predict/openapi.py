"""`POST /predict` in the OpenAPI document, with the schema of the serving version."""

from collections.abc import Mapping
from typing import Any

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.predict.predictions import get_key
from baton_inference.protocols.protocol import Description, Json, refer_to
from baton_registry.versions.output_schema import Output, OutputSchema
from baton_registry.versions.schema import Column, Schema

_FLOATS = frozenset({"float", "double"})
_LABELS = {"anomaly": [-1, 1], "multilabel": [0, 1]}
"""The labels of tasks without classes."""


def describe(version: LiveVersion | None, max_rows: int) -> Description:
    """Describes the protocol for the OpenAPI document."""
    schemas = {
        "Instances": _build_instances_schema(version, max_rows),
        "Predictions": _build_predictions_schema(version),
    }
    return Description({"/predict": _build_operation(version)}, schemas)


def _build_operation(version: LiveVersion | None) -> Json:
    body: Json = {"schema": refer_to("Instances")}
    if version is not None:
        body["example"] = {"instances": [format_instance(version.schema, version.example)]}
    serving = f"version {version.model.version}" if version else "none yet"
    answer = {"schema": refer_to("Predictions")}
    return {
        "operationId": "predict",
        "summary": "Score rows",
        "description": f"The version in production answers. Serving version: {serving}.",
        "tags": ["scoring"],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "200": {
                "description": "One prediction for each instance, in the order of the instances.",
                "content": {"application/json": answer},
            }
        },
    }


def _build_instances_schema(version: LiveVersion | None, max_rows: int) -> Json:
    """Builds the schema of the request: the columns of the serving version."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["instances"],
        "properties": {
            "instances": {
                "type": "array",
                "minItems": 1,
                "maxItems": max_rows,
                "items": _build_instance_schema(version),
            }
        },
    }


def format_instance(schema: Schema, example: Mapping[str, Any]) -> Any:
    """Formats an example, whose values are by column, as an instance. A matrix takes lists."""
    if not schema.is_matrix:
        return example
    return [example.get(column.name) for column in schema.columns]


def _build_predictions_schema(version: LiveVersion | None) -> Json:
    """Builds the schema of the answer: the outputs of the serving version."""
    return {
        "type": "object",
        "required": ["model_name", "model_version", "predictions"],
        "properties": {
            "model_name": {"type": "string"},
            "model_version": {"type": "string"},
            "predictions": {"type": "array", "items": _build_prediction_schema(version)},
        },
    }


def _build_prediction_schema(version: LiveVersion | None) -> Json:
    if version is None:
        return {"type": "object", "description": "The keys depend on the task of the version."}
    output_schema = version.engine.output_schema
    outputs = {
        get_key(each): _build_output_schema(each, output_schema) for each in output_schema.outputs
    }
    return {
        "type": "object",
        "description": f"The task of the serving version is {output_schema.task}.",
        "required": [*outputs],
        "properties": outputs,
    }


def _build_output_schema(output: Output, output_schema: OutputSchema) -> Json:
    value = _build_value_schema(output, output_schema)
    if not output.members:
        return value
    members = [*output.members]
    return {"type": "object", "required": members, "properties": dict.fromkeys(members, value)}


def _build_value_schema(output: Output, output_schema: OutputSchema) -> Json:
    kind = COLUMN_TYPES[output.type].json_schema["type"]
    if output.type in _FLOATS:
        return {"type": [kind, "null"], "description": "Null if the model returns NaN."}
    labels = output_schema.classes or _LABELS.get(output_schema.task)
    return {"type": kind, "enum": [*labels]} if labels else {"type": kind}


def _build_instance_schema(version: LiveVersion | None) -> Json:
    if version is None:
        return {"type": "object", "description": "No version serves yet."}
    columns = version.schema.columns
    if version.schema.is_matrix:
        return {
            "type": "array",
            "description": f"The {len(columns)} numbers of a row, in order.",
            "minItems": sum(column.required for column in columns),
            "maxItems": len(columns),
            "items": _build_column_schema(columns[0]),
        }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in columns if column.required],
        "properties": {column.name: _build_column_schema(column) for column in columns},
    }


def _build_column_schema(column: Column) -> Json:
    schema = dict(COLUMN_TYPES[column.type].json_schema)
    if column.categories:  # no enum: the pipeline scores other categories, too
        schema["examples"] = [*column.categories]
    if not column.required:
        schema["type"] = [schema["type"], "null"]
        schema["description"] = "Optional. Absent or null means a missing value."
    return schema
