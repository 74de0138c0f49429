"""V2's inference requests in the OpenAPI document."""

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.protocol import Description, Json, refer_to
from baton_inference.protocols.v2.inputs import describe_inputs
from baton_registry.versions.output_schema import LABEL, PROBABILITIES, SCORE, VALUE

INFER = "/v2/models/{model_name}/infer"
INFER_VERSION = "/v2/models/{model_name}/versions/{model_version}/infer"
PATHS = (INFER, INFER_VERSION)

_BINARY: Json = {"schema": {"type": "string", "format": "binary"}}
_PARAMETERS: Json = {"type": ["object", "null"]}
_TENSOR: Json = {
    "type": "object",
    "required": ["name", "shape", "datatype"],
    "properties": {
        "name": {"type": "string"},
        "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "datatype": {"type": "string"},
        "parameters": _PARAMETERS,
        "data": {"type": "array", "description": "Absent if the data is binary."},
    },
}
_SCHEMAS: dict[str, Json] = {
    "InferRequest": {
        "type": "object",
        "description": "Unknown members are ignored.",
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
                        "name": {"enum": [LABEL, PROBABILITIES, VALUE, SCORE]},
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


def describe(version: LiveVersion | None, max_rows: int) -> Description:  # noqa: ARG001
    """Describes the protocol for the OpenAPI document."""
    operations = {
        INFER: _build_operation(version, "infer"),
        INFER_VERSION: _build_operation(version, "infer_version"),
    }
    return Description(operations, _SCHEMAS)


def _build_operation(version: LiveVersion | None, name: str) -> Json:
    json_body: Json = {"schema": refer_to("InferRequest")}
    if version is not None:
        json_body["example"] = _build_example(version)
    binary = {"application/octet-stream": _BINARY}
    return {
        "operationId": name,
        "summary": "Score tensors (Open Inference Protocol V2)",
        "description": "The data of a tensor is in the JSON, or binary after it. With binary data,"
        " the header `Inference-Header-Content-Length` is the length of the JSON.",
        "tags": ["v2"],
        "requestBody": {"required": True, "content": {"application/json": json_body, **binary}},
        "responses": {
            "200": {
                "description": "The requested outputs.",
                "content": {"application/json": {"schema": refer_to("InferAnswer")}, **binary},
            },
        },
    }


def _build_example(version: LiveVersion) -> Json:
    example = version.example
    if version.schema.is_matrix:
        (tensor,) = describe_inputs(version.schema)
        return {"inputs": [{**tensor, "shape": [1, len(example)], "data": [*example.values()]}]}
    inputs = [
        {**tensor, "shape": [1], "data": [example[tensor["name"]]]}
        for tensor in describe_inputs(version.schema)
        if example.get(tensor["name"]) is not None
    ]
    return {"inputs": inputs}
