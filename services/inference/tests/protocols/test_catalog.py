"""The list of protocols, and what follows from it."""

import pytest

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.catalog import PROTOCOLS, compile_codecs, find_path, is_companion
from baton_inference.protocols.protocol import CodecParts, Protocol
from baton_inference.scoring.targets import Target
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.live_version import InProcessReader, make_live_version
from tests.support.fakes.models import SCHEMA


def test_has_every_protocol() -> None:
    """Each protocol has its codec, under its name."""
    parts = CodecParts(ModelVersion("m", "1"), SCHEMA, ("no", "yes"), InProcessReader(), max_rows=1)
    assert set(compile_codecs(parts)) == {"predict", "invocations", "v2"}


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/v2/models/m/infer", Target("m")),
        ("/v2/models/m 1/versions/7/infer", Target("m 1", "7")),
        ("/predict", None),
        ("/invocations", None),
    ],
)
def test_scoring_paths(path: str, target: Target | None) -> None:
    """Each path leads to a protocol, and names what it names."""
    found = find_path(path)
    assert found is not None
    assert found.target == target


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
def test_others_score_nothing(path: str) -> None:
    """A path that no protocol lists is none of theirs."""
    assert find_path(path) is None


def test_a_scoring_key_opens_what_belongs_to_a_protocol() -> None:
    """Metadata of V2 and the version of MLflow, and no more."""
    opened = ("/version", "/v2", "/v2/models/m/ready")
    assert all(map(is_companion, opened))
    assert not any(map(is_companion, ("/status", "/v3", "/versions")))


@pytest.mark.parametrize("version", [None, make_live_version()], ids=["none served", "one served"])
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=[each.name for each in PROTOCOLS])
def test_each_protocol_describes_its_own_paths(
    protocol: Protocol, version: LiveVersion | None
) -> None:
    """The OpenAPI document has one operation for each path that a protocol lists."""
    assert set(protocol.describe(version, 10).operations) == set(protocol.paths)
