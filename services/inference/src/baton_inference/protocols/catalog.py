"""The list of protocols; codecs and paths follow from it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from baton_inference.protocols.codec import Codec
from baton_inference.protocols.invocations.protocol import INVOCATIONS
from baton_inference.protocols.predict.protocol import PREDICT
from baton_inference.protocols.protocol import CodecParts, Protocol
from baton_inference.protocols.v2.protocol import V2
from baton_inference.scoring.requested_version import RequestedVersion

PROTOCOLS = (PREDICT, INVOCATIONS, V2)
"""Every scoring protocol over HTTP."""

Codecs = Mapping[str, Codec[Any]]
"""Protocol name to codec."""


class ScoringPath(NamedTuple):
    """A path that accepts scoring requests.

    Attributes:
        protocol: the protocol of the path.
        template: the path in the OpenAPI document.
        requested: the model and version that the path names; None if it names none.
    """

    protocol: Protocol
    template: str
    requested: RequestedVersion | None


def list_protocols(*, has_grpc: bool) -> tuple[Protocol, ...]:
    """Lists the protocols of a service: those over HTTP, and V2 over gRPC if it is on."""
    if not has_grpc:
        return PROTOCOLS
    # protobuf takes tens of milliseconds to import.
    from baton_inference.protocols.v2_grpc.protocol import V2_GRPC  # noqa: PLC0415

    return (*PROTOCOLS, V2_GRPC)


def compile_codecs(parts: CodecParts, protocols: Iterable[Protocol] = PROTOCOLS) -> Codecs:
    """Compiles the codecs of all protocols for one version."""
    return {protocol.name: protocol.compile(parts) for protocol in protocols}


def find_path(path: str) -> ScoringPath | None:
    """Finds the protocol, model and version of a path; None if it is not a scoring path."""
    exact = _EXACT.get(path)
    if exact is not None:
        return exact
    for pattern, protocol, template in _PATTERNS:
        if match := pattern.fullmatch(path):
            names = match.groupdict()
            return ScoringPath(
                protocol, template, RequestedVersion(names["name"], names.get("version"))
            )
    return None


def is_companion(path: str) -> bool:
    """Whether a scoring key also gives access to this path, which scores nothing."""
    return path in _COMPANIONS or path.startswith(_COMPANION_FOLDERS)


def _compile_pattern(template: str) -> re.Pattern[str]:
    # MLflow rejects names of models and versions that contain a slash.
    pattern = template.replace("{model_name}", "(?P<name>[^/]+)")
    return re.compile(pattern.replace("{model_version}", "(?P<version>[^/]+)"))


_EXACT = {
    path: ScoringPath(protocol, path, None)
    for protocol in PROTOCOLS
    for path in protocol.paths
    if "{" not in path
}
_PATTERNS = [
    (_compile_pattern(path), protocol, path)
    for protocol in PROTOCOLS
    for path in protocol.paths
    if "{" in path
]
_ALL_COMPANIONS = [path for protocol in PROTOCOLS for path in protocol.companions]
_COMPANIONS = frozenset(path for path in _ALL_COMPANIONS if not path.endswith("/"))
_COMPANION_FOLDERS = tuple(path for path in _ALL_COMPANIONS if path.endswith("/"))
