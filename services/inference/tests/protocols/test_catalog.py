"""The list of protocols, their codecs and paths."""

import pytest

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.catalog import (
    PROTOCOLS,
    compile_codecs,
    find_path,
    is_companion,
    list_protocols,
)
from baton_inference.protocols.protocol import CodecParts, Protocol
from baton_inference.scoring.requested_version import RequestedVersion
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from tests.support.fakes.live_version import InProcessReader, make_live_version
from tests.support.fakes.models import SCHEMA


def test_every_protocol_has_a_codec() -> None:
    """The codecs have the protocols' names; V2 over gRPC only has one if it is on."""
    outputs = OutputSchema("binary", ("no", "yes"))
    parts = CodecParts(ModelVersion("m", "1"), SCHEMA, outputs, InProcessReader(), max_rows=1)
    names = {"predict", "invocations", "v2"}
    assert set(compile_codecs(parts)) == set(compile_codecs(parts, list_protocols(has_grpc=False)))
    assert set(compile_codecs(parts)) == names
    assert set(compile_codecs(parts, list_protocols(has_grpc=True))) == names | {"v2_grpc"}


@pytest.mark.parametrize(
    ("path", "requested"),
    [
        ("/v2/models/m/infer", RequestedVersion("m")),
        ("/v2/models/m 1/versions/7/infer", RequestedVersion("m 1", "7")),
        ("/predict", None),
        ("/invocations", None),
    ],
)
def test_scoring_paths_are_found(path: str, requested: RequestedVersion | None) -> None:
    """A path has a protocol, and a requested version if it names a model."""
    scoring_path = find_path(path)
    assert scoring_path is not None
    assert scoring_path.requested == requested


@pytest.mark.parametrize(
    "path",
    [
        "/v2/models/m/versions/infer",
        "/v2/models//infer",
        "/v2/models/m/ready",
        "/v2/models/m/infer/",
        "/v2/models/a/b/infer",
        "/predict/",
        "/",
    ],
)
def test_other_paths_are_not_scoring_paths(path: str) -> None:
    assert find_path(path) is None


def test_a_scoring_key_gives_access_to_companion_paths() -> None:
    """These are V2's metadata and MLflow's version."""
    companions = ("/version", "/v2", "/v2/models/m/ready")
    assert all(map(is_companion, companions))
    assert not any(map(is_companion, ("/status", "/v3", "/versions")))


@pytest.mark.parametrize("version", [None, make_live_version()], ids=["none served", "one served"])
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=[each.name for each in PROTOCOLS])
def test_each_protocol_describes_its_paths(protocol: Protocol, version: LiveVersion | None) -> None:
    """The OpenAPI document has one operation for each path that a protocol lists."""
    assert set(protocol.describe(version, 10).operations) == set(protocol.paths)
