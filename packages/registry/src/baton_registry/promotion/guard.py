"""The checks before an alias moves: may this version take over from that one?"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from baton_registry.errors import (
    ArtifactNotFound,
    ChecksumMismatch,
    InvalidModel,
    NotSigned,
    PromotionRefused,
    VersionNotFound,
)
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import fetch_mlmodel
from baton_registry.versions.model_version import GATE_TAG, PENDING, ModelVersion
from baton_registry.versions.schema import Schema, format_breaks
from baton_registry.versions.signing import TrustedKey, check_signature

GATE_PASSED = "passed"


def check(
    client: RegistryClient,
    candidate: ModelVersion,
    position: ModelVersion | None,
    trusted: Sequence[TrustedKey] = (),
) -> None:
    """Lets a version pass that is signed, ready, went through the gate and breaks no callers.

    Args:
        client: the registry.
        candidate: the version that wants the alias.
        position: the version that has it; None where the alias is not set.
        trusted: the keys of which one must have signed it; none where it need not be signed.

    Raises:
        PromotionRefused: it must not have it; the text says why.
        RegistryUnavailable: the registry gave no answer.
    """
    try:  # first: what the gate's tag says is signed, too
        check_signature(candidate, trusted)
    except NotSigned as error:
        raise PromotionRefused(f"{error}; inference that trusts these keys refuses it") from error
    _check_gate(candidate)
    _check_schema(client, candidate, position)


def _check_gate(candidate: ModelVersion) -> None:
    number = candidate.version
    if not candidate.is_ready:
        hint = "wait" if candidate.status == PENDING else "register it again"
        raise PromotionRefused(
            f"version {number} is {candidate.status}, not READY; {hint}, or --force"
        )
    gate = candidate.tags.get(GATE_TAG)
    if gate is None:
        raise PromotionRefused(
            f"version {number} records no gate (tag {GATE_TAG}); train it with baton, or --force"
        )
    if gate != GATE_PASSED:
        raise PromotionRefused(
            f"version {number} did not pass the gate ({gate}); see its run, or --force"
        )


def _check_schema(
    client: RegistryClient, candidate: ModelVersion, position: ModelVersion | None
) -> None:
    try:
        new = _schema(client, candidate)
    except (InvalidModel, ArtifactNotFound, ChecksumMismatch) as error:
        raise PromotionRefused(f"version {candidate.version} cannot be served: {error}") from error
    if position is None:
        return
    try:  # signed or not: it has callers where inference does not trust keys yet
        old = _schema(client, position)
    except (InvalidModel, ArtifactNotFound, ChecksumMismatch, VersionNotFound):
        return  # what cannot be served has no callers to break
    if reasons := new.find_breaks(old):
        raise PromotionRefused(
            f"version {candidate.version} would break callers of version {position.version}: "
            f"{format_breaks(reasons, '; ')}; change the callers first, then --force"
        )


def _schema(client: RegistryClient, version: ModelVersion) -> Schema:
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        return fetch_mlmodel(client, version, Path(folder)).schema
