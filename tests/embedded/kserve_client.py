"""Asks an inference service by `kserve.InferenceRESTClient`; runs in an environment of its own.

Takes a JSON document on standard input, `{"url", "model", "inputs"}`, and prints what the client
got: readiness, and the outputs of one request in JSON and one in binary.
"""

import asyncio
import json
import sys
from typing import Any

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

DTYPES = {"BYTES": np.object_, "INT64": np.int64, "FP64": np.float64}


def tensors(inputs: list[dict[str, Any]], *, binary: bool) -> list[Any]:
    """The inputs as the client's own."""
    made = []
    for told in inputs:
        values: Any = np.array(told["data"], dtype=DTYPES[told["datatype"]])
        tensor = InferInput(told["name"], [*values.shape], told["datatype"])
        tensor.set_data_from_numpy(values, binary_data=binary)
        made.append(tensor)
    return made


async def ask(url: str, model: str, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    """What the client says of the service, and its outputs."""
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
                infer_inputs=tensors(inputs, binary=binary),
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
    json.dump(asyncio.run(ask(**json.load(sys.stdin))), sys.stdout, default=bytes.decode)
