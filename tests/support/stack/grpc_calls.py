"""Calls to the stack over gRPC."""

from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.grpc_caller import GrpcCaller, InferRequest, Metadata
from tests.support.stack.containers import MODEL

FIELDS = {"BYTES": "bytes_contents", "INT64": "int64_contents", "FP64": "fp64_contents"}


def build_customer_request(caller: GrpcCaller, metadata: Metadata = ()) -> bytes:
    """Builds a request with the customer's row, from the model's metadata."""
    inputs = []
    for tensor in caller.call("ModelMetadata", metadata, name=MODEL).inputs:
        value = CUSTOMER[tensor.name]
        if value is None:
            continue
        values = [value.encode() if isinstance(value, str) else value]
        described = {"name": tensor.name, "datatype": tensor.datatype, "shape": [1]}
        inputs.append({**described, "contents": {FIELDS[tensor.datatype]: values}})
    return bytes(InferRequest(model_name=MODEL, inputs=inputs).SerializeToString())
