"""`POST /predict` in the OpenAPI document: it follows the schema of the version that serves."""

from baton_engine.tables.column_types import COLUMN_TYPES, LABEL_TYPES
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.protocol import Description, Json, refer_to
from baton_registry.versions.schema import Column, Label


def describe(served: LiveVersion | None, max_rows: int) -> Description:
    """Describes the protocol."""
    schemas = {
        "Instances": _instances_schema(served, max_rows),
        "Predictions": _predictions_schema(served),
    }
    return Description({"/predict": _operation(served)}, schemas)


def _operation(served: LiveVersion | None) -> Json:
    body: Json = {"schema": refer_to("Instances")}
    if served is not None:
        body["example"] = {"instances": [served.example]}
    what = f"version {served.model.version}" if served else "no version yet"
    answer = {"schema": refer_to("Predictions")}
    return {
        "operationId": "predict",
        "summary": "Score rows",
        "description": f"Answered by the version that the alias names; now: {what}.",
        "tags": ["scoring"],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "200": {
                "description": "One prediction for each instance, in their order.",
                "content": {"application/json": answer},
            }
        },
    }


def _instances_schema(served: LiveVersion | None, max_rows: int) -> Json:
    """The body of `/predict`: the columns of the serving version."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["instances"],
        "properties": {
            "instances": {
                "type": "array",
                "minItems": 1,
                "maxItems": max_rows,
                "items": _instance_schema(served),
            }
        },
    }


def _predictions_schema(served: LiveVersion | None) -> Json:
    """The answer of `/predict`: the classes of the serving version."""
    classes = served.engine.classes if served else ()
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
                        "label": _label_schema(classes),
                        "probabilities": _probabilities_schema(classes),
                    },
                },
            },
        },
    }


def _instance_schema(served: LiveVersion | None) -> Json:
    if served is None:
        return {"type": "object", "description": "No version is being served yet."}
    columns = served.schema.columns
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in columns if column.required],
        "properties": {column.name: _column_schema(column) for column in columns},
    }


def _column_schema(column: Column) -> Json:
    schema = dict(COLUMN_TYPES[column.type].json_schema)
    if column.categories:  # no enum: others are allowed, and scored as the pipeline scores them
        schema["examples"] = [*column.categories]
    if not column.required:
        schema["type"] = [schema["type"], "null"]
        schema["description"] = "May be absent or null: missing."
    return schema


def _label_schema(classes: tuple[Label, ...]) -> Json:
    if not classes:
        return {}
    return {"type": LABEL_TYPES[type(classes[0])].json_schema["type"], "enum": [*classes]}


def _probabilities_schema(classes: tuple[Label, ...]) -> Json:
    number = {"type": ["number", "null"], "description": "Null where the model gave no number."}
    keys = [str(label) for label in classes]
    return {"type": "object", "required": keys, "properties": dict.fromkeys(keys, number)}
