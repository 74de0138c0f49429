"""Calls an inference service with `kserve.InferenceRESTClient`; it runs in its own environment.

It reads a JSON document from standard input, `{"url", "model", "inputs"}`, and prints readiness and
the outputs of a JSON and a binary request.
"""

import asyncio
import json
import sys
from typing import Any

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

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


async def call(url: str, model: str, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    """Calls the service; returns its readiness and outputs."""
    async with InferenceRESTClient(RESTConfig(protocol="v2", retries=0, timeout=20)) as client:
        answer: dict[str, Any] = {
            "live": await client.is_server_live(url),
            "ready": await client.is_server_ready(url),
            "model_ready": await client.is_model_ready(url, model),
            "other_ready": await client.is_model_ready(url, "other"),
        }
        for name, binary in (("json", False), ("binary", True)):
            request = InferRequest(
                model_name=model,
                infer_inputs=create_tensors(inputs, binary=binary),
                request_id=name,
                parameters={"binary_data_output": binary},
            )
            response = await client.infer(url, request, model_name=model)
            answer[name] = {
                "id": response.id,
                **{output.name: output.as_numpy().tolist() for output in response.outputs},
            }
    return answer


if __name__ == "__main__":
    json.dump(asyncio.run(call(**json.load(sys.stdin))), sys.stdout, default=bytes.decode)
