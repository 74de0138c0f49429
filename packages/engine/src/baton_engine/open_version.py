"""Opens a registered version, for inference, trainer and command line.

The order matters: check that the version is READY and signed, then fetch and verify its files, then
build an engine. No other code may build an engine from a version's files
(`tests/test_invariants.py`).
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from baton_engine.onnx.weights import find_weight_files
from baton_registry.errors import VersionNotReady
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import FetchedModel, fetch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signing import TrustedKey, check_signature

T = TypeVar("T")


def open_version(
    version: ModelVersion,
    get_files: Callable[[], FetchedModel],
    build: Callable[[FetchedModel], T],
    *,
    trusted: Sequence[TrustedKey],
) -> T:
    """Opens a version and returns what `build` makes of its files.

    Args:
        version: the version.
        get_files: returns the verified files: `fetch_temporarily`, or a cache.
        build: builds an engine from the files.
        trusted: the trusted keys, one of which must have signed the version; empty: no check.

    Raises:
        VersionNotReady: the version is not READY.
        NotSigned: no trusted key signed the version as it is now.
        RegistryError: the files cannot be fetched, or are not the registered ones.
        OSError: the disk failed.
        EngineError: `build` cannot build an engine.
    """
    if not version.is_ready:
        raise VersionNotReady(
            f"version {version.version} is {version.status}, not READY; wait until it is registered"
        )
    check_signature(version, trusted)
    return build(get_files())


def fetch_temporarily(
    client: RegistryClient, version: ModelVersion, within: Path | None = None
) -> FetchedModel:
    """Fetches and verifies the version's files; none remains on disk.

    Args:
        client: the registry client.
        version: the version.
        within: the folder for temporary files; None for the system's.

    Raises as `fetch` does.
    """
    with tempfile.TemporaryDirectory(prefix="baton-", dir=within) as folder:
        return fetch(client, version, Path(folder), find_weight_files)
