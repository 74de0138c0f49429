"""The compiled messages."""

import sys
from pathlib import Path
from subprocess import run

import pytest
from google.protobuf import descriptor_pool

from baton_inference.errors import MalformedBody
from baton_inference.protocols.v2_grpc.messages import (
    COMPILED,
    METHODS,
    get_request_class,
    parse_message,
    read_requested,
)
from baton_inference.scoring.requested_version import RequestedVersion


def test_compiled_messages_are_up_to_date(tmp_path: Path) -> None:
    """`scripts/protos` would change nothing."""
    compiled = tmp_path / "compiled"
    command = [
        *(sys.executable, "-m", "grpc_tools.protoc", "--proto_path=."),
        *(f"--descriptor_set_out={compiled}", "open_inference.proto"),
    ]
    run(command, cwd=COMPILED.parent, check=True, timeout=60)
    assert compiled.read_bytes() == COMPILED.read_bytes()


def test_service_has_the_methods_of_the_protocol() -> None:
    """There are six."""
    assert [*METHODS] == [
        "ServerLive",
        "ServerReady",
        "ModelReady",
        "ServerMetadata",
        "ModelMetadata",
        "ModelInfer",
    ]


def test_messages_do_not_meet_those_of_clients() -> None:
    """A client library may register other messages of the same names in this process."""
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindFileByName("open_inference.proto")


@pytest.mark.parametrize("data", [b"\xff", b"\x0a\x05ab", b"\x0a\x01\xff", b"\x1f\x8b"])
def test_other_bytes_are_malformed(data: bytes) -> None:
    """Cut messages, texts that are not UTF-8, and gzip are no messages."""
    with pytest.raises(MalformedBody, match="not a request of the Open"):
        parse_message(get_request_class("ModelInfer"), data)
    with pytest.raises(MalformedBody, match="not a request of the Open"):
        read_requested(data)


@pytest.mark.parametrize("version", ["", "7"])
def test_names_are_read_without_the_rest(version: str) -> None:
    """The model and version of a scoring request have the numbers of those of other requests."""
    tensor = {"name": "x", "datatype": "FP64", "shape": [1]}
    request = get_request_class("ModelInfer")(
        model_name="churn", model_version=version, id="1", inputs=[tensor]
    )
    expected = RequestedVersion("churn", version or None)
    assert read_requested(request.SerializeToString()) == expected
    assert read_requested(b"") == RequestedVersion("", None)
