"""The message classes of the service. They need protobuf, but no gRPC.

They have a descriptor pool of their own: a client library in the same process may have other
messages of the same names. `open_inference.binpb` is `open_inference.proto`, compiled.
"""

from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from baton_inference.errors import MalformedBody
from baton_inference.scoring.requested_version import RequestedVersion

SERVICE = "inference.GRPCInferenceService"
COMPILED = Path(__file__).with_name("open_inference.binpb")


def create_pool(*others: bytes) -> DescriptorPool:
    """Creates a pool with this file; `others` are serialized descriptors of more files."""
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(COMPILED.read_bytes()).file:
        pool.Add(file)
    for content in others:
        pool.AddSerializedFile(content)
    return pool


METHODS = {each.name: each for each in create_pool().FindServiceByName(SERVICE).methods}
"""Name to descriptor."""


def get_request_class(method: str) -> Any:
    """Returns the class of a method's requests."""
    return GetMessageClass(METHODS[method].input_type)


def get_response_class(method: str) -> Any:
    """Returns the class of a method's responses."""
    return GetMessageClass(METHODS[method].output_type)


def parse_message(kind: Any, data: bytes) -> Any:
    """Parses a message. Raises `MalformedBody` if it is not one of this class."""
    try:
        return kind.FromString(data)
    except DecodeError as error:
        raise MalformedBody(
            "the message is not a request of the Open Inference Protocol"
        ) from error


_Named = get_request_class("ModelReady")


def read_requested(data: bytes) -> RequestedVersion:
    """Reads the model and version that a request names; an empty version means none.

    They are the first two fields of all requests that have them.

    Raises:
        MalformedBody: the message is malformed.
    """
    names = parse_message(_Named, data)
    return RequestedVersion(names.name, names.version or None)
