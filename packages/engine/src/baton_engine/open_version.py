"""One way to open a registered version, for inference, trainer and command line.

The order matters. What the registry says is checked first: the version is ready, and a trusted key
signed it. Only then are its files fetched, each is verified, and an engine is built from them.
Nothing else may take a version's files to an engine (`tests/test_invariants.py`).
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
    """Opens a version and gives what was built from its files.

    Args:
        version: what the registry says of it.
        get_files: gives its files, each verified: `download`, or a cache.
        build: builds an engine, and whatever goes with it.
        trusted: the keys of which one must have signed it; none where it need not be signed.

    Raises:
        VersionNotReady: the registry does not call it READY.
        NotSigned: no trusted key has signed it, or not what it is now.
        RegistryError: its files cannot be had, or are not those that were registered.
        OSError: the disk failed.
        EngineError: `build` cannot make an engine of them.
    """
    if not version.is_ready:
        raise VersionNotReady(
            f"version {version.version} is {version.status}, not READY; wait until it is registered"
        )
    check_signature(version, trusted)
    return build(get_files())


def download(
    client: RegistryClient, version: ModelVersion, within: Path | None = None
) -> FetchedModel:
    """Downloads the version's files, each verified; none stays on the disk.

    Args:
        client: the registry.
        version: what it says of the version.
        within: the folder for temporary files; None means the system's.

    Raises what `fetch` raises.
    """
    with tempfile.TemporaryDirectory(prefix="baton-", dir=within) as folder:
        return fetch(client, version, Path(folder), find_weight_files)
