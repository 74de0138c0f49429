"""The OpenAPI document of the protocols that others defined: MLflow's and the V2 protocol."""

from typing import Any

from baton_inference.lifecycle.slot import Served
from baton_inference.protocols.media import ARROW, PARQUET
from baton_inference.protocols.v2 import codec as v2
from baton_inference.web.openapi.problems import Json, scoring_problems, version_headers

_BINARY: Json = {"schema": {"type": "string", "format": "binary"}}
_COLUMNAR: Json = {each.decode(): _BINARY for each in (ARROW, PARQUET)}
_SCALAR: Json = {"type": ["string", "number", "boolean", "null"]}
_PARAMETERS: Json = {"type": ["object", "null"]}
_TENSOR: Json = {
    "type": "object",
    "required": ["name", "shape", "datatype"],
    "properties": {
        "name": {"type": "string"},
        "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "datatype": {"type": "string"},
        "parameters": _PARAMETERS,
        "data": {"type": "array", "description": "Absent where the data are binary."},
    },
}

SCHEMAS: dict[str, Json] = {
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
    "InferRequest": {
        "type": "object",
        "description": "Members that the protocol does not know are ignored.",
        "required": ["inputs"],
        "properties": {
            "id": {"type": ["string", "null"]},
            "parameters": _PARAMETERS,
            "inputs": {"type": "array", "minItems": 1, "items": _TENSOR},
            "outputs": {
                "type": ["array", "null"],
                "items": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"enum": [*v2.OUTPUTS]},
                        "parameters": _PARAMETERS,
                    },
                },
            },
        },
    },
    "InferAnswer": {
        "type": "object",
        "required": ["model_name", "model_version", "outputs"],
        "properties": {
            "model_name": {"type": "string"},
            "model_version": {"type": "string"},
            "id": {"type": "string"},
            "outputs": {"type": "array", "items": _TENSOR},
        },
    },
}


def invocations_operation(served: Served | None) -> Json:
    """`POST /invocations`."""
    body: Json = {"schema": _reference("Invocation")}
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
                "headers": version_headers(),
                "content": {
                    "application/json": {"schema": _reference("InvocationAnswer")},
                    **_COLUMNAR,
                },
            },
            **scoring_problems(),
        },
    }


def infer_paths(served: Served | None) -> dict[str, Json]:
    """The two paths of a V2 inference request."""
    path = "/v2/models/{model_name}"
    return {
        f"{path}/infer": {"post": _infer_operation(served, "infer", "model_name")},
        f"{path}/versions/{{model_version}}/infer": {
            "post": _infer_operation(served, "infer_version", "model_name", "model_version")
        },
    }


def _infer_operation(served: Served | None, name: str, *parameters: str) -> Json:
    json_body: Json = {"schema": _reference("InferRequest")}
    if served is not None:
        json_body["example"] = _infer_example(served)
    binary = {"application/octet-stream": _BINARY}
    return {
        "operationId": name,
        "summary": "Score tensors (Open Inference Protocol V2)",
        "description": "The tensors' data are JSON, or binary after it; then the header"
        " `Inference-Header-Content-Length` says where the JSON ends.",
        "tags": ["v2"],
        "parameters": [path_parameter(each) for each in parameters],
        "requestBody": {"required": True, "content": {"application/json": json_body, **binary}},
        "responses": {
            "200": {
                "description": "The outputs that were asked for.",
                "headers": version_headers(),
                "content": {"application/json": {"schema": _reference("InferAnswer")}, **binary},
            },
            **scoring_problems(names_a_model=True),
        },
    }


def _infer_example(served: Served) -> Json:
    inputs = [
        {**tensor, "shape": [1], "data": [served.example[tensor["name"]]]}
        for tensor in v2.input_metadata(served.signature)
        if served.example.get(tensor["name"]) is not None
    ]
    return {"inputs": inputs}


def path_parameter(name: str) -> Json:
    """A part of a path."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _reference(schema: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{schema}"}
