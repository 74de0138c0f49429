"""The checks before an alias moves to a version."""

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
from baton_registry.versions.model_version import GATE_PASSED, GATE_TAG, PENDING, ModelVersion
from baton_registry.versions.rollout_tags import find_abort
from baton_registry.versions.schema import Schema
from baton_registry.versions.schema_breaks import find_breaks, format_breaks
from baton_registry.versions.signing import TrustedKey, check_signature


def check_promotion(
    client: RegistryClient,
    target: ModelVersion,
    current: ModelVersion | None,
    trusted: Sequence[TrustedKey] = (),
) -> None:
    """Checks that a version is signed and READY, passed the gate, and does not break callers.

    A version whose rollout was aborted does not pass either.

    Args:
        client: the registry client.
        target: the version to promote.
        current: the version that the alias points to; None if it is not set.
        trusted: the trusted keys, one of which must have signed the version; empty: no check.

    Raises:
        PromotionRefused: a check failed; the message says which.
        RegistryUnavailable: the registry gave no answer.
    """
    try:  # first, because the signature covers the gate's tag
        check_signature(target, trusted)
    except NotSigned as error:
        raise PromotionRefused(f"{error}; inference with these keys rejects it") from error
    _check_gate(target)
    _check_rollout(target)
    _check_schema(client, target, current)


def _check_gate(target: ModelVersion) -> None:
    number = target.version
    if not target.is_ready:
        hint = "wait" if target.status == PENDING else "register it again"
        raise PromotionRefused(
            f"version {number} is {target.status}, not READY; {hint}, or use --force"
        )
    gate = target.tags.get(GATE_TAG)
    if gate is None:
        raise PromotionRefused(
            f"version {number} has no gate verdict (tag {GATE_TAG});"
            " train it with baton, or use --force"
        )
    if gate != GATE_PASSED:
        raise PromotionRefused(
            f"version {number} did not pass the gate ({gate}); see its run, or use --force"
        )


def _check_rollout(target: ModelVersion) -> None:
    if (reason := find_abort(target.tags)) is not None:
        raise PromotionRefused(
            f"the rollout of version {target.version} was aborted ({reason});"
            " train another version, or use --force"
        )


def _check_schema(
    client: RegistryClient, target: ModelVersion, current: ModelVersion | None
) -> None:
    try:
        new = _fetch_schema(client, target)
    except (InvalidModel, ArtifactNotFound, ChecksumMismatch) as error:
        raise PromotionRefused(f"version {target.version} cannot be served: {error}") from error
    if current is None:
        return
    try:  # not checked for a signature: inference without trusted keys serves it
        old = _fetch_schema(client, current)
    except (InvalidModel, ArtifactNotFound, ChecksumMismatch, VersionNotFound):
        return  # a version that cannot be served has no callers
    if reasons := find_breaks(old, new):
        raise PromotionRefused(
            f"version {target.version} would break callers of version {current.version}: "
            f"{format_breaks(reasons, '; ')}; change the callers first, then use --force"
        )


def _fetch_schema(client: RegistryClient, version: ModelVersion) -> Schema:
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        return fetch_mlmodel(client, version, Path(folder)).schema
