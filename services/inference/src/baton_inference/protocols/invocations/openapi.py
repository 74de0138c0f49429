"""`POST /invocations` in the OpenAPI document."""

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.media import ARROW, PARQUET
from baton_inference.protocols.protocol import Description, Json, refer_to

_BINARY: Json = {"schema": {"type": "string", "format": "binary"}}
_COLUMNAR: Json = {each.decode(): _BINARY for each in (ARROW, PARQUET)}
_SCALAR: Json = {"type": ["string", "number", "boolean", "null"]}
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
        "properties": {"predictions": {"type": "array", "items": _SCALAR}},
    },
}


def describe(served: LiveVersion | None, max_rows: int) -> Description:  # noqa: ARG001
    """Describes the protocol."""
    return Description({"/invocations": _operation(served)}, _SCHEMAS)


def _operation(served: LiveVersion | None) -> Json:
    body: Json = {"schema": refer_to("Invocation")}
    if served is not None:
        body["example"] = {"dataframe_records": [served.example]}
    return {
        "operationId": "invocations",
        "summary": "Score rows, as `mlflow models serve` does",
        "description": "Also takes an Arrow stream or a Parquet file with the model's columns, and"
        " answers with one where `Accept` asks for it: a table with the column `predictions`,"
        " whose metadata are `model_name` and `model_version`. Where `Accept` asks for nothing"
        " that can be written, the answer is JSON.",
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
                "description": "One prediction for each row, in their order.",
                "content": {
                    "application/json": {"schema": refer_to("InvocationAnswer")},
                    **_COLUMNAR,
                },
            },
        },
    }
