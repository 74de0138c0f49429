"""`POST /invocations` in the OpenAPI document."""

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.media import ARROW, PARQUET
from baton_inference.protocols.protocol import Description, Json, refer_to

_BINARY: Json = {"schema": {"type": "string", "format": "binary"}}
_COLUMNAR: Json = {each.decode(): _BINARY for each in (ARROW, PARQUET)}
_SCALAR: Json = {"type": ["string", "number", "boolean", "null"]}
_PREDICTION: Json = {
    "description": "A value; a list if the model has several.",
    "anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}],
}
_SCHEMAS: dict[str, Json] = {
    "Invocation": {
        "type": "object",
        "description": "Exactly one of these keys; others are ignored.",
        "properties": {
            "dataframe_split": {
                "type": "object",
                "required": ["data"],
                "properties": {
                    "columns": {"type": "array"},
                    "index": {"type": "array"},
                    "data": {"type": "array"},
                },
            },
            "dataframe_records": {"type": "array", "items": {"type": "object"}},
            "instances": {"type": ["array", "object"]},
            "inputs": {"type": ["array", "object"]},
        },
    },
    "InvocationAnswer": {
        "type": "object",
        "required": ["predictions"],
        "properties": {"predictions": {"type": "array", "items": _PREDICTION}},
    },
}


def describe(version: LiveVersion | None, max_rows: int) -> Description:  # noqa: ARG001
    """Describes the protocol for the OpenAPI document."""
    return Description({"/invocations": _build_operation(version)}, _SCHEMAS)


def _build_operation(version: LiveVersion | None) -> Json:
    body: Json = {"schema": refer_to("Invocation")}
    if version is not None:
        body["example"] = _build_example(version)
    return {
        "operationId": "invocations",
        "summary": "Score rows, as `mlflow models serve` does",
        "description": "The body can also be an Arrow stream or a Parquet file with the model's"
        " columns. The answer has the format that `Accept` prefers: JSON, Arrow or Parquet. If it"
        " names no supported format, the answer is JSON. An Arrow or Parquet answer is a table with"
        " the column `predictions`, of lists if the model has several values; its metadata has the"
        " keys `model_name` and `model_version`.",
        "tags": ["scoring"],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": body,
                "text/csv": {"schema": {"type": "string"}},
                **_COLUMNAR,
            },
        },
        "responses": {
            "200": {
                "description": "One prediction for each row, in the order of the rows.",
                "content": {
                    "application/json": {"schema": refer_to("InvocationAnswer")},
                    **_COLUMNAR,
                },
            },
        },
    }


def _build_example(version: LiveVersion) -> Json:
    if version.schema.is_matrix:
        return {"inputs": [[*version.example.values()]]}
    return {"dataframe_records": [version.example]}
