"""`POST /predict` in the OpenAPI document, with the schema of the serving version."""

from baton_engine.tables.column_types import COLUMN_TYPES, LABEL_TYPES
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.protocol import Description, Json, refer_to
from baton_registry.versions.output_schema import Label
from baton_registry.versions.schema import Column


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
        body["example"] = {"instances": [version.example]}
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


def _build_predictions_schema(version: LiveVersion | None) -> Json:
    """Builds the schema of the answer: the classes of the serving version."""
    classes = version.engine.output_schema.classes if version else ()
    return {
        "type": "object",
        "required": ["model_name", "model_version", "predictions"],
        "properties": {
            "model_name": {"type": "string"},
            "model_version": {"type": "string"},
            "predictions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["label", "probabilities"],
                    "properties": {
                        "label": _build_label_schema(classes),
                        "probabilities": _build_probabilities_schema(classes),
                    },
                },
            },
        },
    }


def _build_instance_schema(version: LiveVersion | None) -> Json:
    if version is None:
        return {"type": "object", "description": "No version serves yet."}
    columns = version.schema.columns
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


def _build_label_schema(classes: tuple[Label, ...]) -> Json:
    if not classes:
        return {}
    return {"type": LABEL_TYPES[type(classes[0])].json_schema["type"], "enum": [*classes]}


def _build_probabilities_schema(classes: tuple[Label, ...]) -> Json:
    number = {"type": ["number", "null"], "description": "Null if the model returns NaN."}
    keys = [str(label) for label in classes]
    return {"type": "object", "required": keys, "properties": dict.fromkeys(keys, number)}
