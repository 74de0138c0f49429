"""Calls an inference service with `kserve`'s clients; it runs in its own environment.

It reads a JSON document from standard input, `{"url", "grpc", "model", "inputs"}`, and prints
readiness, and the outputs of a JSON and a binary request over HTTP and gRPC.
"""

import asyncio
import json
import sys
from typing import Any

import numpy as np
from kserve import (
    InferenceGRPCClient,
    InferenceRESTClient,
    InferInput,
    InferRequest,
    RESTConfig,
)

DTYPES = {"BYTES": np.object_, "INT64": np.int64, "FP64": np.float64}


def create_tensors(inputs: list[dict[str, Any]], *, binary: bool) -> list[Any]:
    """Creates the client's inputs."""
    tensors = []
    for spec in inputs:
        values: Any = np.array(spec["data"], dtype=DTYPES[spec["datatype"]])
        tensor = InferInput(spec["name"], [*values.shape], spec["datatype"])
        tensor.set_data_from_numpy(values, binary_data=binary)
        tensors.append(tensor)
    return tensors


def create_request(model: str, inputs: list[dict[str, Any]], name: str, *, binary: bool) -> Any:
    """Creates a request; its id is `name`."""
    return InferRequest(
        model_name=model,
        infer_inputs=create_tensors(inputs, binary=binary),
        request_id=name,
        parameters={"binary_data_output": binary},
    )


def list_outputs(response: Any) -> dict[str, Any]:
    """Lists the outputs of an answer."""
    outputs = {output.name: output.as_numpy().tolist() for output in response.outputs}
    return {"id": response.id, **outputs}


async def call_grpc(address: str, model: str, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    """Calls the service over gRPC; returns its readiness and outputs."""
    async with InferenceGRPCClient(address, retries=0, timeout=20) as client:
        answer: dict[str, Any] = {
            "live": await client.is_server_live(),
            "ready": await client.is_server_ready(),
            "model_ready": await client.is_model_ready(model),
            "other_ready": await client.is_model_ready("other"),
        }
        for name, binary in (("json", False), ("binary", True)):
            request = create_request(model, inputs, name, binary=binary)
            answer[name] = list_outputs(await client.infer(request))
    return answer


async def call(url: str, grpc: str, model: str, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    """Calls the service with both clients."""
    return {
        "http": await call_http(url, model, inputs),
        "grpc": await call_grpc(grpc, model, inputs),
    }


async def call_http(url: str, model: str, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    """Calls the service over HTTP; returns its readiness and outputs."""
    async with InferenceRESTClient(RESTConfig(protocol="v2", retries=0, timeout=20)) as client:
        answer: dict[str, Any] = {
            "live": await client.is_server_live(url),
            "ready": await client.is_server_ready(url),
            "model_ready": await client.is_model_ready(url, model),
            "other_ready": await client.is_model_ready(url, "other"),
        }
        for name, binary in (("json", False), ("binary", True)):
            request = create_request(model, inputs, name, binary=binary)
            answer[name] = list_outputs(await client.infer(url, request, model_name=model))
    return answer


if __name__ == "__main__":
    json.dump(asyncio.run(call(**json.load(sys.stdin))), sys.stdout, default=bytes.decode)
