"""The OpenAPI document: FastAPI's own routes, and the scoring routes as they are now."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from baton_engine.tables.cells import INTEGER_RANGES
from baton_inference.lifecycle.slot import Served, Slot
from baton_inference.web.openapi.keys import declare_keys
from baton_inference.web.openapi.problems import PROBLEM, Json, scoring_problems, version_headers
from baton_inference.web.openapi.protocols import SCHEMAS, infer_paths, invocations_operation
from baton_registry.versions.signature import Column, Label

_COLUMN_TYPES: dict[str, Json] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "format": "int32"},
    "long": {"type": "integer", "format": "int64"},
    "float": {"type": "number", "format": "float"},
    "double": {"type": "number", "format": "double"},
    "string": {"type": "string"},
}
_LABEL_TYPES: dict[type, str] = {bool: "boolean", int: "integer", str: "string"}
_FLOAT32_MAX = 3.4028234663852886e38


class LiveDocument:
    """`/openapi.json`, following what the slot holds."""

    def __init__(self, app: FastAPI, slot: Slot, *, max_rows: int, needs_key: bool = False) -> None:
        self._app = app
        self._slot = slot
        self._max_rows = max_rows
        self._needs_key = needs_key
        self._built: tuple[Served | None, Json] | None = None

    def __call__(self) -> Json:
        """The document; built anew only when another version serves."""
        served = self._slot.served
        if self._built is None or self._built[0] is not served:
            self._built = (served, self._build(served))
        return self._built[1]

    def _build(self, served: Served | None) -> Json:
        app = self._app
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            servers=app.servers,
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas |= {
            "Problem": PROBLEM,
            "Instances": instances_schema(served, self._max_rows),
            "Predictions": predictions_schema(served),
            **SCHEMAS,
        }
        document["paths"] |= {
            "/predict": {"post": predict_operation(served)},
            "/invocations": {"post": invocations_operation(served)},
            **infer_paths(served),
        }
        if self._needs_key:
            declare_keys(document)
        return document


def predict_operation(served: Served | None) -> Json:
    """`POST /predict`."""
    body: Json = {"schema": {"$ref": "#/components/schemas/Instances"}}
    if served is not None:
        body["example"] = {"instances": [served.example]}
    answer = {"schema": {"$ref": "#/components/schemas/Predictions"}}
    what = f"version {served.model.version}" if served else "no version yet"
    return {
        "operationId": "predict",
        "summary": "Score rows",
        "description": f"Answered by the version that the alias names; now: {what}.",
        "tags": ["scoring"],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "200": {
                "description": "One prediction for each instance, in their order.",
                "headers": version_headers(),
                "content": {"application/json": answer},
            },
            **scoring_problems(),
        },
    }


def instances_schema(served: Served | None, max_rows: int) -> Json:
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


def predictions_schema(served: Served | None) -> Json:
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


def _instance_schema(served: Served | None) -> Json:
    if served is None:
        return {"type": "object", "description": "No version is being served yet."}
    columns = served.signature.columns
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in columns if column.required],
        "properties": {column.name: _column_schema(column) for column in columns},
    }


def _column_schema(column: Column) -> Json:
    schema = dict(_COLUMN_TYPES[column.type])
    if column.type in INTEGER_RANGES:
        schema["minimum"], schema["maximum"] = INTEGER_RANGES[column.type]
    if column.type == "float":
        schema["minimum"], schema["maximum"] = -_FLOAT32_MAX, _FLOAT32_MAX
    if column.categories:  # no enum: others are allowed, and scored as the pipeline scores them
        schema["examples"] = [*column.categories]
    if not column.required:
        schema["type"] = [schema["type"], "null"]
        schema["description"] = "May be absent or null: missing."
    return schema


def _label_schema(classes: tuple[Label, ...]) -> Json:
    if not classes:
        return {}
    return {"type": _LABEL_TYPES[type(classes[0])], "enum": [*classes]}


def _probabilities_schema(classes: tuple[Label, ...]) -> Json:
    number = {"type": ["number", "null"], "description": "Null where the model gave no number."}
    keys = [str(label) for label in classes]
    return {"type": "object", "required": keys, "properties": dict.fromkeys(keys, number)}
